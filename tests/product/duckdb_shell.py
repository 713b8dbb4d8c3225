"""Anyone's DuckDB shell: the library itself by ctypes, so that tests read and alter files without the product."""

import ctypes
import json
from ctypes import POINTER, byref, c_char_p, c_int, c_uint64, c_void_p
from pathlib import Path
from types import TracebackType

LIBRARY = Path(__file__).resolve().parent.parent.parent / ".deps/duckdb/lib/libduckdb.so"


class Result(ctypes.Structure):
    """duckdb_result; its fields are the library's own business."""

    _fields_ = [("opaque", c_void_p * 6)]


def load_library() -> ctypes.CDLL:
    library = ctypes.CDLL(str(LIBRARY))
    library.duckdb_open_ext.argtypes = [c_char_p, POINTER(c_void_p), c_void_p, POINTER(c_void_p)]
    library.duckdb_create_config.argtypes = [POINTER(c_void_p)]
    library.duckdb_set_config.argtypes = [c_void_p, c_char_p, c_char_p]
    library.duckdb_destroy_config.argtypes = [POINTER(c_void_p)]
    library.duckdb_connect.argtypes = [c_void_p, POINTER(c_void_p)]
    library.duckdb_query.argtypes = [c_void_p, c_char_p, POINTER(Result)]
    library.duckdb_result_error.argtypes = [POINTER(Result)]
    library.duckdb_result_error.restype = c_char_p
    library.duckdb_row_count.argtypes = [POINTER(Result)]
    library.duckdb_row_count.restype = c_uint64
    library.duckdb_value_varchar.argtypes = [POINTER(Result), c_uint64, c_uint64]
    library.duckdb_value_varchar.restype = c_void_p
    library.duckdb_free.argtypes = [c_void_p]
    library.duckdb_destroy_result.argtypes = [POINTER(Result)]
    library.duckdb_disconnect.argtypes = [POINTER(c_void_p)]
    library.duckdb_close.argtypes = [POINTER(c_void_p)]
    for function in ("open_ext", "create_config", "set_config", "connect", "query"):
        getattr(library, f"duckdb_{function}").restype = c_int
    return library


class DuckDbShell:
    """A connection to a database file, or to one in memory."""

    _library: ctypes.CDLL | None = None

    def __init__(self, file: Path | None = None, read_only: bool = False):
        if DuckDbShell._library is None:
            DuckDbShell._library = load_library()
        self._duckdb = DuckDbShell._library
        self._database, self._connection = c_void_p(), c_void_p()
        config, message = c_void_p(), c_void_p()
        self._duckdb.duckdb_create_config(byref(config))
        if read_only:
            self._duckdb.duckdb_set_config(config, b"access_mode", b"READ_ONLY")
        name = str(file).encode() if file else None
        failed = self._duckdb.duckdb_open_ext(name, byref(self._database), config, byref(message))
        self._duckdb.duckdb_destroy_config(byref(config))
        if failed:
            raise RuntimeError(f"cannot open {file}: {ctypes.string_at(message.value or 0)!r}")
        self._duckdb.duckdb_connect(self._database, byref(self._connection))
        self.execute("SET TimeZone = 'UTC'")

    def __enter__(self) -> "DuckDbShell":
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._duckdb.duckdb_disconnect(byref(self._connection))
        self._duckdb.duckdb_close(byref(self._database))

    def execute(self, sql: str) -> None:
        self._run(sql)

    def rows(self, sql: str) -> list[dict]:
        """One dict a row; timestamps and dates as DuckDB writes them."""
        return [json.loads(text) for text in self._run(f"SELECT to_json(r)::VARCHAR FROM ({sql}) r")]

    def value(self, sql: str) -> object:
        """The only value of the only row."""
        (row,) = self.rows(sql)
        (value,) = row.values()
        return value

    def _run(self, sql: str) -> list[str]:
        """Runs a statement; the first column as text."""
        result = Result()
        try:
            if self._duckdb.duckdb_query(self._connection, sql.encode(), byref(result)):
                raise RuntimeError(f"{self._duckdb.duckdb_result_error(byref(result)).decode()}\n{sql}")
            return [self._text(result, row) for row in range(self._duckdb.duckdb_row_count(byref(result)))]
        finally:
            self._duckdb.duckdb_destroy_result(byref(result))

    def _text(self, result: Result, row: int) -> str:
        pointer = self._duckdb.duckdb_value_varchar(byref(result), 0, row)
        if not pointer:
            return ""
        text = ctypes.string_at(pointer).decode()
        self._duckdb.duckdb_free(pointer)
        return text


def query(sql: str) -> list[dict]:
    """The rows of a query over files."""
    with DuckDbShell() as shell:
        return shell.rows(sql)


def execute(sql: str) -> None:
    with DuckDbShell() as shell:
        shell.execute(sql)
