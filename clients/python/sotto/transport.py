"""Requests over connections that are kept, and what may be tried again."""

import http.client
import itertools
import json
import select
import ssl
import threading
import time
import urllib.parse
from contextlib import suppress
from email.utils import parsedate_to_datetime

from .errors import Cut, Problem, Unreachable

PIECE = 64 << 10  # bytes of lines that are sent or read at once
ENCODER = json.JSONEncoder(allow_nan=False, ensure_ascii=False, separators=(",", ":"))


class Private(dict):
    """A dict that may hold secrets: it prints its keys alone."""

    def __repr__(self):
        return "<" + ", ".join(self) + ">"


def encode(body):
    """JSON of body. Python's own errors may quote a value, so none is passed on."""
    with suppress(TypeError, ValueError, RecursionError):
        return ENCODER.encode(body).encode()
    raise ValueError("the request holds something that JSON cannot say, such as a set, an infinite number or half a character")


def decode(text):
    """The object that text is, or None."""
    with suppress(ValueError, RecursionError):
        got = json.loads(text)
        return got if isinstance(got, dict) else None


class Transport:
    """Sends requests to one server. Safe for several threads, each call has a connection of its own."""

    def __init__(self, url, token, timeout, attempts, max_wait):
        base = urllib.parse.urlsplit(url)
        if base.scheme not in ("http", "https") or not base.hostname or base.username is not None:
            raise ValueError("the address of a server is a URL such as https://sotto.internal:8080, without user or password")
        if not token.isascii() or not token.isprintable() or " " in token:
            raise ValueError("a token is letters, digits and signs of ASCII")  # http.client would quote it
        self.host, self._base, self._token = base.netloc, base, token
        self.timeout, self.attempts, self.max_wait = timeout, attempts, max_wait
        self._idle = []

    def connect(self):
        kind = http.client.HTTPSConnection if self._base.scheme == "https" else http.client.HTTPConnection
        return kind(self._base.hostname, self._base.port, timeout=self.timeout)

    def path(self, path, query):
        query = urllib.parse.urlencode({k: v for k, v in query.items() if v is not None})
        return self._base.path.rstrip("/") + path + ("?" + query if query else "")

    def headers(self, more):
        return {"Authorization": "Bearer " + self._token, "Accept": "application/json, application/problem+json", **more}

    def close(self):
        while self._idle:
            self._idle.pop().close()

    def call(self, method, path, query=None, body=None, headers=None, changes=False):
        """The answer to a call, tried again where the server cannot have carried it out."""
        sent = None if body is None else encode(body)
        headers = self.headers(headers or {})
        if sent is not None:
            headers["Content-Type"] = "application/json"
        target = self.path(path, query or {})
        for attempt in itertools.count(1):
            wait, answer = self._attempt(method, target, sent, headers, changes, attempt)
            if wait is None:
                return self._read(answer)
            time.sleep(wait)

    def _attempt(self, method, target, body, headers, changes, attempt):
        """How long to wait before the next attempt, or None and the answer."""
        last = attempt >= self.attempts
        backoff = 0.1 * 2 ** (attempt - 1)
        failure = None
        try:
            answer = self._send(method, target, body, headers)
        except ConnectionRefusedError:
            failure, again = "nothing listens there", True
        except TimeoutError:
            failure, again = "it did not answer in time", method == "GET"
        except ssl.SSLError:
            failure, again = "its certificate or its TLS is not accepted", False
        except (OSError, http.client.HTTPException):
            failure, again = "the connection broke", method == "GET"
        if failure is not None:
            if again and not last:
                return backoff, None
            raise Unreachable(f"cannot reach {self.host}: {failure}") from None
        if last or answer[0] not in (429, 503) or (answer[0] == 503 and changes):
            return None, answer
        asked = retry_after(answer[1])
        if asked is None:
            return (backoff, None) if method == "GET" else (None, answer)
        return (asked, None) if asked <= self.max_wait else (None, answer)

    def _send(self, method, target, body, headers):
        """One attempt, on a connection that was kept or a new one."""
        try:
            connection = self._idle.pop()
        except IndexError:
            connection = self.connect()
        if connection.sock and select.select([connection.sock], [], [], 0)[0]:
            connection.close()  # nothing is to come but its end; request opens it anew
        try:
            connection.request(method, target, body, headers)
            response = connection.getresponse()
            answer = response.status, response.headers, response.read()
        except BaseException:
            connection.close()
            raise
        self._idle.append(connection)
        return answer

    def _read(self, answer):
        status, headers, text = answer
        if status in (204, 304):
            return None
        got = decode(text)
        if 200 <= status < 300 and got is not None:
            return Private(got)
        raise refusal(self.host, status, headers, got)

    def lines(self, path, head, recipients, flush):
        """Sends head and recipients as lines, and yields the lines of the answer while it sends."""
        first = encode(head)
        connection = self.connect()
        failed = []
        try:
            connection.putrequest("POST", self.path(path, {}))
            stream = {"Content-Type": "application/x-ndjson", "Accept": "application/x-ndjson, application/problem+json"}
            for name, value in {**self.headers(stream), "Transfer-Encoding": "chunked"}.items():
                connection.putheader(name, value)
            connection.endheaders()
        except (OSError, http.client.HTTPException):
            connection.close()
            raise Unreachable(f"cannot reach {self.host}") from None
        socket = connection.sock
        sender = threading.Thread(target=send_lines, args=(socket, first, recipients, flush, failed))
        sender.start()
        try:
            return (yield from self._answer(connection, failed))
        finally:
            hang_up(socket)
            sender.join()
            connection.close()

    def _answer(self, connection, failed):
        try:
            response = connection.getresponse()
            if response.status != 200:
                raise refusal(self.host, response.status, response.headers, decode(response.read()))
            for line in map(decode, split(response)):
                if line is None:
                    break
                if "id" in line:
                    yield Private(line)
                elif "done" in line:
                    return line["done"]
                elif "code" in (line.get("error") or {}):
                    raise Cut(f"the batch was cut: {Problem(line['error'])}")
                else:
                    break
        except (OSError, http.client.HTTPException):
            pass  # the end is missing, which is said below
        if failed:
            raise failed[0]
        raise Cut(f"{self.host}: the batch ended before it was whole")


def split(response):
    """The whole lines of an answer, as they come."""
    rest = b""
    while piece := response.read1(PIECE):
        *lines, rest = (rest + piece).split(b"\n")
        yield from lines


def send_lines(socket, first, recipients, flush, failed):
    """Sends the body of a batch, and leaves in failed what the caller's recipients raise."""
    piece = bytearray(first + b"\n")
    try:
        for recipient in recipients:
            piece += encode(recipient) + b"\n"
            if flush or len(piece) >= PIECE:
                socket.sendall(b"%x\r\n%b\r\n" % (len(piece), piece))
                piece.clear()
        if piece:
            socket.sendall(b"%x\r\n%b\r\n" % (len(piece), piece))
        socket.sendall(b"0\r\n\r\n")
    except OSError:
        pass  # the server has answered; the reader tells why
    except BaseException as raised:
        failed.append(raised)
        hang_up(socket)


def hang_up(socket):
    """Ends both ways, and whoever waits for one of them."""
    with suppress(OSError):  # it may have ended already
        socket.shutdown(2)


def refusal(host, status, headers, got):
    """The error for an answer that is no success. Nothing of a foreign answer is quoted."""
    if got and isinstance(got.get("code"), str):
        return Problem(got, retry_after(headers))
    return Unreachable(f"{host} answered {status}: is it a sotto server?")


def retry_after(headers):
    """The seconds that the header of that name asks for, or None."""
    text = headers.get("Retry-After", "")
    if text.isdecimal():
        return int(text)
    with suppress(ValueError, TypeError):
        return max(parsedate_to_datetime(text).timestamp() - time.time(), 0)
