"""What the fuzzer asks with and looks for: ids of both tenants go in, and nothing of the other tenant may come out."""

import json
import os
import re

import schemathesis

FORBIDDEN = json.loads(os.environ["FUZZ_FORBIDDEN"])
IDS = json.loads(os.environ["FUZZ_IDS"])


def chosen(name, value):
    """Of each generated id some are left, and some become ids that exist: the caller's own, or the other tenant's. What is no id stays none."""
    ids = IDS.get(name)
    if not ids or not isinstance(value, str) or not re.fullmatch(ids[0][:4] + "[0-9A-HJKMNP-TV-Z]{26}", value):
        return value
    index = sum(value.encode("utf-8", "surrogatepass")) % (len(ids) * 2)
    return ids[index] if index < len(ids) else value


def swapped(values):
    if not isinstance(values, dict):
        return values
    return {name: chosen(name, value) for name, value in values.items()}


@schemathesis.hook
def map_path_parameters(context, path_parameters):
    return swapped(path_parameters)


@schemathesis.hook
def map_query(context, query):
    return swapped(query)


@schemathesis.hook
def map_body(context, body):
    # A new folder's id is the caller's to choose, and may be one that another tenant has: it would be told of its own choice.
    if isinstance(body, dict) and "folderId" in body:
        return {**swapped(body), "folderId": body["folderId"]}
    return swapped(body)


@schemathesis.check
def nothing_of_the_other_tenant(context, response, case):
    told = response.text + json.dumps(dict(response.headers), default=str)
    found = [text for text in FORBIDDEN if text in told]
    if found:
        raise AssertionError(f"the answer holds what is another tenant's: {found}")
