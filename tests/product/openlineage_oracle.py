"""OpenLineage's own classes, generated from its JSON schema, as the judge of events: an event must be of their form, member by member.

The package's network client is not needed, and neither are the libraries that importing it whole would ask for.
"""

import importlib
import importlib.util
import sys
import types
from pathlib import Path

FACETS = {
    "jobType": ("job_type_job", "JobTypeJobFacet"),
    "documentation": ("documentation_job", "DocumentationJobFacet"),
    "processing_engine": ("processing_engine_run", "ProcessingEngineRunFacet"),
    "errorMessage": ("error_message_run", "ErrorMessageRunFacet"),
    "schema": ("schema_dataset", "SchemaDatasetFacet"),
    "columnLineage": ("column_lineage_dataset", "ColumnLineageDatasetFacet"),
    "dataSource": ("datasource_dataset", "DatasourceDatasetFacet"),
    "version": ("dataset_version_dataset", "DatasetVersionDatasetFacet"),
    "inputStatistics": ("input_statistics_input_dataset", "InputStatisticsInputDatasetFacet"),
    "outputStatistics": ("output_statistics_output_dataset", "OutputStatisticsOutputDatasetFacet"),
}


def generated(name: str) -> types.ModuleType:
    """A module of openlineage.client.generated, without running the package's own __init__."""
    if "openlineage.client" not in sys.modules:
        places = importlib.util.find_spec("openlineage").submodule_search_locations
        package = types.ModuleType("openlineage.client")
        package.__path__ = [str(Path(place) / "client") for place in places]
        sys.modules["openlineage.client"] = package
    return importlib.import_module(f"openlineage.client.generated.{name}")


def build(kind: type, members: dict) -> object:
    """An object of a generated class; a member that it does not know, or lacks, is an error."""
    return kind(**members)


def facet(name: str, members: dict) -> object:
    module, kind = FACETS[name]
    made_of = dict(members)
    producer, schema = made_of.pop("_producer"), made_of.pop("_schemaURL")
    module = generated(module)
    if name == "schema":
        made_of["fields"] = [build(module.SchemaDatasetFacetFields, field) for field in made_of["fields"]]
    if name == "columnLineage":
        made_of["fields"] = {
            column: build(module.Fields, {"inputFields": [input_field(module, one) for one in lineage.pop("inputFields")]} | lineage)
            for column, lineage in made_of["fields"].items()
        }
        made_of["dataset"] = [input_field(module, one) for one in made_of["dataset"]]
    made = build(getattr(module, kind), made_of | {"producer": producer})
    assert schema == made._get_schema(), f"{name} is of schema {schema}"
    return made


def input_field(module: types.ModuleType, members: dict) -> object:
    transformations = [build(module.Transformation, one) for one in members["transformations"]]
    assert all(one.type in ("DIRECT", "INDIRECT") for one in transformations)
    return build(module.InputField, members | {"transformations": transformations})


def facets(members: dict, key: str) -> dict:
    return {name: facet(name, content) for name, content in members.get(key, {}).items()}


def judge(event: dict) -> object:
    """The event as an object of OpenLineage's RunEvent; raises where it is none."""
    base = generated("base")
    event = dict(event)
    schema = event.pop("schemaURL")
    run = build(base.Run, event["run"] | {"facets": facets(event["run"], "facets")})
    job = build(base.Job, event["job"] | {"facets": facets(event["job"], "facets")})
    inputs = [build(base.InputDataset, one | {"facets": facets(one, "facets"), "inputFacets": facets(one, "inputFacets")}) for one in event["inputs"]]
    outputs = [build(base.OutputDataset, one | {"facets": facets(one, "facets"), "outputFacets": facets(one, "outputFacets")}) for one in event["outputs"]]
    made = build(base.RunEvent, event | {"eventType": base.EventType(event["eventType"]), "run": run, "job": job, "inputs": inputs, "outputs": outputs})
    assert schema == made._get_schema()
    return made
