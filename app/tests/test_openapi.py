"""The API's description: complete, and fit for client generators."""

import json
import re

import jsonschema_rs
import pytest
import schemathesis

from src.entrypoints.features import FEATURES
from tests.helpers.documentation import PROBLEM, Document, described, examples, operations, shown
from tests.sample_feature.feature import WORDS, shelves


@pytest.fixture(scope="module", params=["service", "sample"])
def document(request: pytest.FixtureRequest) -> Document:
    """The description of the service, and that of the sample feature alone."""
    own = request.param == "service"
    return described(FEATURES if own else [shelves("http://127.0.0.1:9")])


def test_a_status_with_several_errors_shows_each() -> None:
    """A request for a refresh may meet three errors after which to ask again."""
    document = described([shelves("http://127.0.0.1:9")])
    refused = document["paths"][WORDS.path]["post"]["responses"]["503"]

    details = [each["detail"] for each in shown(refused["content"][PROBLEM])]

    assert len(details) == len(set(details)) == 3
    assert any("está sendo encerrado" in each for each in details)


def test_the_document_is_valid(document: Document) -> None:
    """It conforms to OpenAPI 3.1, and uses every header and schema of its components."""
    schemathesis.openapi.from_dict(document).validate()

    text = json.dumps(document)
    for kind in ("schemas", "headers"):
        for name in document["components"][kind]:
            assert f'"#/components/{kind}/{name}"' in text


def test_every_operation_is_described(document: Document) -> None:
    """Client generators can take the names as they are."""
    ids = [operation["operationId"] for _, operation in operations(document)]
    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch("[a-z]+([A-Z][a-z]+)+", each) for each in ids)
    tags = {tag["name"] for tag in document["tags"]}
    assert all(tag.isascii() for tag in tags)
    for _, operation in operations(document):
        assert operation["summary"]
        assert operation["description"]
        assert set(operation["tags"]) <= tags
        assert all(each["description"] for each in operation.get("parameters", []))
        for status, response in operation["responses"].items():
            assert response["description"] != "Successful Response"
            assert response["headers"]
            assert all(map(shown, response.get("content", {}).values()))
            assert ("content" in response) == (status != "304")
            if int(status) >= 400:
                assert list(response["content"]) == [PROBLEM]
                schema = response["content"][PROBLEM]["schema"]
                assert schema == {"$ref": "#/components/schemas/Problem"}


def test_every_example_matches_its_schema(document: Document) -> None:
    """This covers parameters, headers, answers and schemas; examples have null, too."""
    for schema, example in examples(document):
        whole = {**schema, "components": document["components"]}  # the target of its references
        jsonschema_rs.Draft202012Validator(whole, validate_formats=True).validate(example)
