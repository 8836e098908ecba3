"""What calls raise. No text holds a value: the server writes problems from names and places."""


class Unreachable(Exception):
    """The server did not answer, or what answered is no sotto server."""


class Cut(Exception):
    """A batch ended before it was whole. What was answered before is done."""


class Problem(Exception):
    """A refusal as the server tells it (RFC 9457).

    code never changes its meaning; new ones may come. errors are the mistakes with
    their places; retry_after is in seconds, None where the server did not say.
    """

    def __init__(self, body, retry_after=None):
        self.type = body.get("type", "about:blank")
        self.title = body.get("title", "")
        self.status = body.get("status", 0)
        self.code = body["code"]
        self.detail = body.get("detail", "")
        self.request_id = body.get("request_id", "")
        self.errors = body.get("errors", [])
        self.trace = body.get("trace", [])
        self.retry_after = retry_after
        super().__init__(f"{self.detail} [{self.code}, request {self.request_id}]")
