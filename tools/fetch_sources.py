"""Downloads the source packages of a requirements file and checks each against its hash: fetch_sources.py FILE DIR.

`pip download` would run a source package's own build code to learn its metadata, and fetch what that code asks for.
These packages are only read, so the file is found and downloaded by the pip of ./venv (its version is pinned, and with
it these calls), from whatever index, mirror or folder pip is set up for on this machine, and nothing of it is run.
"""

import hashlib
import re
import sys
from pathlib import Path

from pip._internal.commands import create_command
from pip._internal.network.download import Downloader

REQUIREMENT = re.compile(r"(?P<name>[\w.-]+)==(?P<version>\S+) --hash=sha256:(?P<sha256>[0-9a-f]{64})")


def read_requirements(path: Path) -> list[re.Match]:
    """The pinned packages of a file; a line that is neither one nor a comment ends the program."""
    pinned = []
    for number, line in enumerate(path.read_text().splitlines(), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        match = REQUIREMENT.fullmatch(line)
        if match is None:
            sys.exit(f"{path}:{number}: not of the form name==version --hash=sha256:<64 hex digits>: {line}")
        pinned.append(match)
    return pinned


def fetch(finder, download: Downloader, pin: re.Match, folder: Path) -> Path:
    """Downloads one package to FOLDER/name.tar.gz; a file with another hash ends the program."""
    links = [
        candidate.link
        for candidate in finder.find_all_candidates(pin["name"])
        if str(candidate.version) == pin["version"] and not candidate.link.is_wheel
    ]
    if not links:
        sys.exit(f"{pin['name']} {pin['version']}: the package index of this machine has no source package of it")
    local = links[0].file_path if links[0].is_file else download(links[0], str(folder))[0]
    content = Path(local).read_bytes()
    found = hashlib.sha256(content).hexdigest()
    if found != pin["sha256"]:
        sys.exit(f"{pin['name']} {pin['version']}: the download has sha256 {found}, tools/sources.txt says {pin['sha256']}")
    target = folder / f"{pin['name']}.tar.gz"
    target.write_bytes(content)
    return target


def main(requirements: Path, folder: Path) -> None:
    command = create_command("download")
    options, _ = command.parse_args(["--no-binary", ":all:"])
    with command.main_context():
        session = command.get_default_session(options)
        finder = command._build_package_finder(options=options, session=session)
        for pin in read_requirements(requirements):
            print(fetch(finder, Downloader(session, "off"), pin, folder))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
