"""The calls of the API."""

import urllib.parse
from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from typing import Any, Unpack

from . import schema
from .transport import Transport


class Client(AbstractContextManager):
    """Calls a server at url, such as https://sotto.internal:8080, with a token.

    scope is where the calls work, by default the token's own; timeout is in seconds,
    for each time that nothing comes. A call is tried up to `attempts` times where the
    server cannot have carried it out: where nothing listens, and where it says that it
    is too busy (429, or 503 with Retry-After, up to max_wait seconds); one that reads
    also after a broken connection. It is safe for several threads.
    """

    def __init__(self, url: str, token: str, *, scope: str | None = None, timeout: float = 60, attempts: int = 3, max_wait: float = 10):
        self.scope = scope
        self._to = Transport(url, token, timeout, attempts, max_wait)

    def __repr__(self):
        return f"<sotto.Client of {self._to.host}>"

    def __exit__(self, *_):
        self.close()

    def close(self) -> None:
        """Closes the connections that wait for a next call."""
        self._to.close()

    def render(self, **request: Unpack[schema.RenderRequest]) -> schema.Rendered:
        """Renders a template, a stored one (template_id) or parts."""
        return self._to.call("POST", "/v1/render", body=self._in_scope(request))

    def evaluate(self, **request: Unpack[schema.EvaluateRequest]) -> schema.Evaluated:
        """Evaluates an expression, several, or a flow (flow_id)."""
        return self._to.call("POST", "/v1/evaluate", body=self._in_scope(request))

    def lint(self, **request: Unpack[schema.LintRequest]) -> schema.Linted:
        """Checks templates or expressions without resolving anything."""
        return self._to.call("POST", "/v1/lint", body=self._in_scope(request))

    def render_batch(
        self, request: schema.RenderRequest, recipients: Iterable[schema.Recipient], *, flush: bool = False
    ) -> Iterator[schema.RenderedRecipient]:
        """Renders for all recipients, {"id", "vars"}, and yields what came out in their order.

        request is that of render, without vars. Both ways are streams: recipients may be
        a generator of any length, which runs in a thread of its own while answers are
        read. Lines are sent in pieces of 64 KiB; flush sends each at once, for recipients
        that wait for answers. One that fails has "error", a problem, and stops nobody. A
        batch that ends early raises Cut. The generator returns what the server says of it
        all: {"ok", "failed", "secrets"}.
        """
        return self._to.lines("/v1/render/batch", self._in_scope(request), recipients, flush)

    def evaluate_batch(
        self, request: schema.EvaluateRequest, recipients: Iterable[schema.Recipient], *, flush: bool = False
    ) -> Iterator[schema.EvaluatedRecipient]:
        """Is render_batch for expressions."""
        return self._to.lines("/v1/evaluate/batch", self._in_scope(request), recipients, flush)

    def secrets(self, *, q: str | None = None, type: str | None = None, archived: str | None = None) -> Iterator[schema.Secret]:
        """The secrets of the scope without values, page by page; archived "true" adds archived ones, "only" gives these."""
        return self._pages("/v1/secrets", q=q, type=type, archived=archived)

    def secret(self, alias: str) -> schema.Secret:
        """What is known of a secret."""
        return self._to.call("GET", "/v1/secrets/" + quoted(alias), self._query())

    def create_secret(self, alias: str, value: Any, *, key: str | None = None, **draft: Any) -> schema.Secret:
        """Creates a secret; draft may have type and description. key is an Idempotency-Key."""
        body = self._in_scope({"alias": alias, "value": value, **draft})
        return self._to.call("POST", "/v1/secrets", body=body, headers=key and {"Idempotency-Key": key}, changes=key is None)

    def update_secret(self, alias: str, *, key: str | None = None, **patch: Any) -> schema.Secret:
        """Gives a secret a new value or description."""
        body = self._in_scope(patch)
        return self._to.call("PATCH", "/v1/secrets/" + quoted(alias), body=body, headers=key and {"Idempotency-Key": key}, changes=key is None)

    def archive_secret(self, alias: str, *, force: bool = False) -> schema.Secret:
        """Makes a secret unusable; force does it also where stored templates use it."""
        return self._to.call("POST", f"/v1/secrets/{quoted(alias)}/archive", self._query(force="true" if force else None), changes=True)

    def restore_secret(self, alias: str) -> schema.Secret:
        """Makes an archived secret usable again."""
        return self._to.call("POST", f"/v1/secrets/{quoted(alias)}/restore", self._query(), changes=True)

    def delete_secret(self, alias: str, *, force: bool = False) -> None:
        """Deletes a secret for ever."""
        self._to.call("DELETE", "/v1/secrets/" + quoted(alias), self._query(confirm=alias, force="true" if force else None), changes=True)

    def templates(self) -> Iterator[schema.DocumentInfo]:
        """The templates of the scope, page by page."""
        return self._pages("/v1/templates")

    def template(self, id: str) -> schema.Template:
        """The newest version of a stored template."""
        return self._to.call("GET", "/v1/templates/" + quoted(id), self._query())

    def put_template(self, id: str, draft: schema.TemplateDraft, *, of: int | None = None, new: bool = False) -> schema.Template:
        """Stores a template; of is the version that it changes, new says that there is none yet."""
        headers = {"If-Match": f'"{of}"'} if of is not None else {"If-None-Match": "*"} if new else {}
        return self._to.call("PUT", "/v1/templates/" + quoted(id), body=self._in_scope(draft), headers=headers, changes=True)

    def delete_template(self, id: str) -> None:
        """Deletes a stored template with all its versions."""
        self._to.call("DELETE", "/v1/templates/" + quoted(id), self._query(), changes=True)

    def _in_scope(self, body: Mapping[str, Any]) -> dict[str, Any]:
        return {"scope": self.scope, **body} if self.scope else dict(body)

    def _query(self, **more: Any) -> dict[str, Any]:
        return {"scope": self.scope, **more}

    def _pages(self, path: str, limit: int = 1000, **query: Any) -> Iterator[Any]:
        cursor = None
        while True:
            page = self._to.call("GET", path, self._query(cursor=cursor, limit=limit, **query))
            yield from page["items"]
            cursor = page.get("next")
            if cursor is None:
                return


def quoted(name: str) -> str:
    return urllib.parse.quote(name, safe="")
