"""The client against a real server; `make clients` names it in SOTTO_SERVER and SOTTO_TOKEN."""

import http.server
import json
import os
import pathlib
import re
import subprocess
import sys
import threading
import traceback
import unittest
import uuid

import sotto

URL, TOKEN = os.environ["SOTTO_SERVER"], os.environ["SOTTO_TOKEN"]
VALUE = "tok-4f9a8b2c7d"


def client(**options):
    return sotto.Client(URL, TOKEN, scope="python/" + uuid.uuid4().hex, **options)


class Calls(unittest.TestCase):
    def setUp(self):
        self.c = client()
        self.addCleanup(self.c.close)

    def test_a_secret_from_birth_to_death(self):
        made = self.c.create_secret("Key", VALUE, description="feed")
        self.assertEqual((made["alias"], made["type"], made["version"]), ("Key", "token", 1))
        sent = self.c.render(template="Bearer <<Secrets.key>>")
        self.assertEqual((sent["output"], sent["secrets"]), ("Bearer " + VALUE, ["key"]))
        self.assertEqual(self.c.evaluate(expression='"x-" + secrets.key')["result"], "x-" + VALUE)
        self.assertEqual(self.c.update_secret("key", value="tok-5a0b9c3d8e")["version"], 2)
        self.assertEqual(self.c.archive_secret("key")["archived"], True)
        self.assertEqual(list(self.c.secrets()), [])
        self.assertEqual([s["alias"] for s in self.c.secrets(archived="only")], ["Key"])
        self.assertEqual(self.c.restore_secret("key")["archived"], False)
        self.assertEqual(self.c.secret("KEY")["version"], 2)
        self.assertIsNone(self.c.delete_secret("key"))
        self.assertEqual(list(self.c.secrets()), [])

    def test_templates_and_lint(self):
        self.assertEqual(self.c.put_template("a-b", {"template": "Hi {{ name }}"}, new=True)["version"], 1)
        self.assertEqual(self.c.put_template("a-b", {"template": "Hello {{ name }}"}, of=1)["version"], 2)
        with self.assertRaises(sotto.Problem) as refused:
            self.c.put_template("a-b", {"template": "lost"}, of=1)
        self.assertEqual((refused.exception.status, refused.exception.code), (412, "version_conflict"))
        self.assertEqual(self.c.render(template_id="a-b", vars={"name": "Ann"})["output"], "Hello Ann")
        self.assertEqual(self.c.template("a-b")["template"], "Hello {{ name }}")
        self.assertEqual([t["id"] for t in self.c.templates()], ["a-b"])
        self.c.delete_template("a-b")
        self.assertFalse(self.c.lint(template="{{ secrets.nobody }}")["valid"])

    def test_a_problem_has_its_code_and_place(self):
        with self.assertRaises(sotto.Problem) as refused:
            self.c.render(template="\n <<Secrets.nobody>>")
        e = refused.exception
        self.assertEqual((e.status, e.code), (422, "secret_missing"))
        self.assertEqual((e.errors[0]["line"], e.errors[0]["column"], e.errors[0]["alias"]), (2, 4, "nobody"))
        self.assertIn(e.request_id, str(e))

    def test_pages_are_read_to_the_end(self):
        with client() as c:
            for n in range(3):
                c.put_template(f"t{n}", {"template": "x"})
            whole = c._pages("/v1/templates", limit=1)
            self.assertEqual([t["id"] for t in whole], ["t0", "t1", "t2"])

    def test_nothing_printed_holds_a_value(self):
        self.c.create_secret("key", VALUE)
        sent = self.c.render(template="<<Secrets.key>>")
        line = next(iter(self.c.render_batch({"template": "<<Secrets.key>>"}, [{"id": 1}])))
        texts = [repr(x) + f"{x}" for x in (sent, line, self.c)]
        for call in (
            lambda: self.c.create_secret("key", VALUE),
            lambda: self.c.create_secret("k2", {VALUE}),
            lambda: self.c.render(template="x", vars={"n": float("inf"), "v": VALUE}),
            lambda: self.c.render(template=VALUE + "{{"),
            lambda: sotto.Client(URL, VALUE + "\n"),
            lambda: list(self.c.render_batch({"template": "x"}, [{"id": {VALUE}}])),
        ):
            with self.assertRaises(Exception) as raised:
                call()
            e = raised.exception
            texts += [repr(e), str(e), str(vars(e)), str(e.__context__ or ""), "".join(traceback.format_exception_only(e))]
        for text in texts:
            self.assertNotIn(VALUE, text)
            self.assertNotIn(TOKEN, text)


class Batches(unittest.TestCase):
    def setUp(self):
        self.c = client()
        self.addCleanup(self.c.close)

    def test_a_batch_streams_both_ways(self):
        many, sent = 50_000, 0

        def people():
            nonlocal sent
            for sent in range(1, many + 1):
                yield {"id": sent, "vars": {"name": "x" * 200}}

        read, early = 0, False
        for line in self.c.render_batch({"template": "Dear {{ name }}"}, people()):
            read += 1
            early = early or sent < many
            self.assertEqual((line["id"], line["output"]), (read, "Dear " + "x" * 200))
        self.assertEqual(read, many)
        self.assertTrue(early, "all was sent before the first answer was read")

    def test_each_answer_may_be_waited_for(self):
        answered = threading.Semaphore(1)

        def people():
            for n in range(20):
                self.assertTrue(answered.acquire(timeout=20))
                yield {"id": n, "vars": {"n": n}}

        lines = self.c.evaluate_batch({"expression": "n * 2"}, people(), flush=True)
        for line in lines:
            self.assertEqual(line["result"], line["id"] * 2)
            answered.release()

    def test_what_fails_stops_nobody_and_the_end_counts(self):
        lines = self.c.render_batch({"template": "{{ 6 | divided_by: n }}"}, [{"id": n, "vars": {"n": n}} for n in (3, 0, 2)])
        got = [next(lines) for _ in range(3)]
        with self.assertRaises(StopIteration) as end:
            next(lines)
        self.assertEqual([line.get("output") for line in got], ["2", None, "3"])
        self.assertIn("code", got[1]["error"])
        self.assertEqual(end.exception.value, {"ok": 2, "failed": 1, "secrets": []})

    def test_a_batch_that_does_not_begin_is_a_problem(self):
        with self.assertRaises(sotto.Problem) as refused:
            list(self.c.render_batch({"template": "{{"}, ({"id": n} for n in range(100_000))))
        self.assertEqual(refused.exception.code, "template_syntax")

    def test_the_callers_own_error_comes_through(self):
        def people():
            yield {"id": 1}
            raise LookupError("the list is gone")

        with self.assertRaisesRegex(LookupError, "the list is gone"):
            list(self.c.render_batch({"template": "x"}, people()))

    def test_a_reader_that_leaves_ends_the_batch(self):
        before = threading.active_count()
        lines = self.c.render_batch({"template": "x"}, ({"id": n} for n in range(10_000_000)))
        next(lines)
        lines.close()
        self.assertEqual(threading.active_count(), before)


class Retries(unittest.TestCase):
    """Answers that a real server gives in bad times, from one that has them always."""

    def serve(self, *answers):
        left, seen = list(answers), []

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_one(self):
                self.rfile.read(int(self.headers.get("Content-Length", 0)))
                status, headers, body = left.pop(0)
                seen.append(self.path)
                self.send_response(status)
                for name, value in {"Content-Length": str(len(body)), **headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body.encode())

            do_GET = do_POST = handle_one

            def log_message(self, *_):
                pass

        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        self.addCleanup(lambda: (server.shutdown(), thread.join(), server.server_close()))
        c = sotto.Client(f"http://127.0.0.1:{server.server_port}", "t", max_wait=1)
        self.addCleanup(c.close)
        return c, seen

    busy = (429, {"Retry-After": "0"}, '{"code":"rate_limited","status":429}')
    down = (503, {"Retry-After": "0"}, '{"code":"resolver_unavailable","status":503}')
    fine = (200, {}, '{"output":"x"}')

    def test_what_was_not_carried_out_is_tried_again(self):
        c, seen = self.serve(self.busy, self.down, self.fine)
        self.assertEqual(c.render(template="x")["output"], "x")
        self.assertEqual(len(seen), 3)

    def test_a_change_is_not_tried_again_where_it_may_have_happened(self):
        c, seen = self.serve(self.down, self.fine)
        with self.assertRaises(sotto.Problem) as refused:
            c.create_secret("a", VALUE)
        self.assertEqual((refused.exception.code, refused.exception.retry_after, len(seen)), ("resolver_unavailable", 0, 1))

    def test_nor_after_a_longer_wait_than_is_had(self):
        c, seen = self.serve((429, {"Retry-After": "60"}, self.busy[2]), self.fine)
        with self.assertRaises(sotto.Problem):
            c.render(template="x")
        self.assertEqual(len(seen), 1)

    def test_a_batch_without_its_end_is_cut(self):
        c, _ = self.serve((200, {}, '{"id":1,"output":"x"}\n'))
        with self.assertRaises(sotto.Cut):
            list(c.render_batch({"template": "x"}, [{"id": 1}]))

    def test_what_is_no_sotto_server_is_not_quoted(self):
        c, _ = self.serve((500, {}, VALUE))
        with self.assertRaises(sotto.Unreachable) as failed:
            c.render(template="x")
        self.assertNotIn(VALUE, str(failed.exception))


class Readme(unittest.TestCase):
    def test_its_snippet_prints_what_it_says(self):
        page = (pathlib.Path(__file__).parent.parent / "README.md").read_text()
        program, output = re.search(r"```python\n(.*?)```\n.*?```text\n(.*?)```", page, re.S).groups()
        scope = "python/" + uuid.uuid4().hex
        program = program.replace('"acme/shop"', json.dumps(scope))
        ran = subprocess.run([sys.executable, "-c", program], env={**os.environ}, capture_output=True, text=True, timeout=60)
        self.assertEqual(ran.stderr, "")
        self.assertEqual(ran.stdout, output)


if __name__ == "__main__":
    unittest.main()
