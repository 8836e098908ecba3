"""Writes sotto/schema.py, the types of requests and answers, from openapi.json."""

import json
import keyword
import sys

PLAIN = {"string": "str", "integer": "int", "number": "float", "boolean": "bool", "null": "None", "object": "dict[str, Any]"}


def reference(ref):
    return ref.rsplit("/", 1)[1]


def annotation(schema):
    """The type of a schema that stands in another."""
    if "$ref" in schema:
        return reference(schema["$ref"])
    if "enum" in schema:
        return "Literal[" + ", ".join(map(repr, schema["enum"])) + "]"
    if "oneOf" in schema:
        return " | ".join(annotation(each) for each in schema["oneOf"])
    kinds = schema.get("type", [])
    kinds = [kinds] if isinstance(kinds, str) else kinds
    return " | ".join(one(kind, schema) for kind in kinds) or "Any"


def one(kind, schema):
    if kind == "array":
        return f"list[{annotation(schema['items'])}]"
    values = schema.get("additionalProperties")
    if kind == "object" and isinstance(values, dict):
        return f"dict[str, {annotation(values)}]"
    return PLAIN[kind]


def fields(schema):
    """The properties of an object, and of all that it is made of."""
    found, required = dict(schema.get("properties", {})), set(schema.get("required", []))
    return found, required


def main(document):
    print('"""The types of requests and answers. generate.py writes them from openapi.yaml."""\n')
    print("from typing import Any, Literal, NotRequired, TypedDict\n")
    classes, names = [], []
    for name, schema in document["components"]["schemas"].items():
        bases = [reference(each["$ref"]) for each in schema.get("allOf", []) if "$ref" in each]
        parts = [each for each in schema.get("allOf", [schema]) if "$ref" not in each]
        if not any("properties" in part for part in parts):
            names.append(f"{name} = {annotation(schema)!r}")
            continue
        lines = [f"class {name}({', '.join(bases) or 'TypedDict'}):"]
        for part in parts:
            found, required = fields(part)
            for field, of in found.items():
                if keyword.iskeyword(field):
                    raise SystemExit(f"{name}.{field} is a word of Python")
                text = annotation(of)
                lines.append(f'    {field}: "{text if field in required else f"NotRequired[{text}]"}"')
        classes.append((bases, name, lines))
    classes.sort(key=lambda c: bool(c[0]))
    for _, _, lines in classes:
        print("\n" + "\n".join(lines) + "\n")
    print()
    for line in names:
        print(line)


main(json.load(sys.stdin))
