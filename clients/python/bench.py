"""Compares a batch of webhooks of three parts with as many single calls, against SOTTO_SERVER."""

import os
import sys
import time

import sotto

COUNT = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
MESSAGE = {
    "parts": {
        "url": {"template": "https://hooks.example.com/{{ city }}/{{ id }}", "context": "url"},
        "headers": {"template": "Bearer {{ token }}", "context": "header"},
        "body": {"template": '{"name": {{ name }}, "city": {{ city }}}', "context": "json"},
    }
}
PEOPLE = [{"id": n, "vars": {"id": n, "name": f"user {n}", "city": "São Paulo", "token": f"t{n}"}} for n in range(COUNT)]

with sotto.Client(os.environ["SOTTO_SERVER"], os.environ["SOTTO_TOKEN"]) as client:
    start = time.perf_counter()
    single = [client.render(**MESSAGE, vars=person["vars"])["outputs"] for person in PEOPLE]
    between = time.perf_counter()
    batch = [line["outputs"] for line in client.render_batch(MESSAGE, PEOPLE)]
    end = time.perf_counter()
assert single == batch
calls, lines = between - start, end - between
print(f"{COUNT} webhooks: {calls:.2f} s in single calls, {lines:.3f} s in a batch: 1/{calls / lines:.1f}")
