"""The types of requests and answers. generate.py writes them from openapi.yaml."""

from typing import Any, Literal, NotRequired, TypedDict


class Part(TypedDict):
    template: "NotRequired[str]"
    template_id: "NotRequired[str]"
    context: "NotRequired[Context]"
    syntax: "NotRequired[Syntax]"


class StoredPart(TypedDict):
    template: "NotRequired[str]"
    template_id: "NotRequired[str]"
    context: "NotRequired[Context]"
    syntax: "NotRequired[Syntax]"


class RenderRequest(TypedDict):
    template: "NotRequired[str]"
    template_id: "NotRequired[str]"
    parts: "NotRequired[Parts]"
    vars: "NotRequired[dict[str, Any]]"
    scope: "NotRequired[Scope]"
    context: "NotRequired[Context]"
    syntax: "NotRequired[Syntax]"
    mode: "NotRequired[Mode]"
    required_secrets: "NotRequired[Aliases]"
    strict_variables: "NotRequired[bool]"
    translations: "NotRequired[Translations]"


class Rendered(TypedDict):
    output: "NotRequired[str]"
    outputs: "NotRequired[dict[str, str]]"
    secrets: "Aliases"
    mode: "Mode"


class Recipient(TypedDict):
    id: "NotRequired[RecipientID]"
    vars: "NotRequired[dict[str, Any] | None]"


class BatchEnd(TypedDict):
    done: "NotRequired[BatchDone]"
    error: "NotRequired[Problem]"


class BatchDone(TypedDict):
    ok: "int"
    failed: "int"
    secrets: "Aliases"


class RenderBatchRequest(TypedDict):
    template: "NotRequired[str]"
    template_id: "NotRequired[str]"
    parts: "NotRequired[Parts]"
    scope: "NotRequired[Scope]"
    context: "NotRequired[Context]"
    syntax: "NotRequired[Syntax]"
    mode: "NotRequired[Mode]"
    required_secrets: "NotRequired[Aliases]"
    strict_variables: "NotRequired[bool]"
    translations: "NotRequired[Translations]"
    recipients: "Recipients"


class RenderedRecipient(TypedDict):
    id: "RecipientID"
    output: "NotRequired[str]"
    outputs: "NotRequired[dict[str, str]]"
    error: "NotRequired[Problem]"


class RenderedRecipients(TypedDict):
    results: "list[RenderedRecipient]"
    done: "NotRequired[BatchDone]"
    error: "NotRequired[Problem]"


class EvaluateBatchRequest(TypedDict):
    expression: "NotRequired[str]"
    expressions: "NotRequired[dict[str, WrittenExpression]]"
    flow_id: "NotRequired[str]"
    language: "NotRequired[Language]"
    scope: "NotRequired[Scope]"
    mode: "NotRequired[Mode]"
    required_secrets: "NotRequired[Aliases]"
    trace: "NotRequired[bool]"
    recipients: "Recipients"


class EvaluatedRecipient(TypedDict):
    id: "RecipientID"
    result: "NotRequired[Any]"
    results: "NotRequired[dict[str, Any]]"
    sensitive: "NotRequired[bool]"
    trace: "NotRequired[list[Step]]"
    trace_truncated: "NotRequired[bool]"
    error: "NotRequired[Problem]"


class EvaluatedRecipients(TypedDict):
    results: "list[EvaluatedRecipient]"
    done: "NotRequired[BatchDone]"
    error: "NotRequired[Problem]"


class EvaluateRequest(TypedDict):
    expression: "NotRequired[str]"
    flow_id: "NotRequired[str]"
    expressions: "NotRequired[dict[str, WrittenExpression]]"
    language: "NotRequired[Language]"
    vars: "NotRequired[dict[str, Any]]"
    scope: "NotRequired[Scope]"
    mode: "NotRequired[Mode]"
    required_secrets: "NotRequired[Aliases]"
    trace: "NotRequired[bool]"


class Evaluated(TypedDict):
    result: "NotRequired[Any]"
    results: "NotRequired[dict[str, Any]]"
    sensitive: "bool"
    secrets: "Aliases"
    mode: "Mode"
    trace: "NotRequired[list[Step]]"
    trace_truncated: "NotRequired[bool]"


class Step(TypedDict):
    part: "NotRequired[str]"
    line: "int"
    column: "int"
    source: "str"
    value: "Any"


class LintRequest(TypedDict):
    template: "NotRequired[str]"
    template_id: "NotRequired[str]"
    parts: "NotRequired[Parts]"
    expression: "NotRequired[str]"
    flow_id: "NotRequired[str]"
    expressions: "NotRequired[dict[str, WrittenExpression]]"
    language: "NotRequired[Language]"
    variables: "NotRequired[list[str]]"
    scope: "NotRequired[Scope]"
    context: "NotRequired[Context]"
    syntax: "NotRequired[Syntax]"
    mode: "NotRequired[Mode]"
    required_secrets: "NotRequired[Aliases]"
    strict_variables: "NotRequired[bool]"
    translations: "NotRequired[Translations]"


class Linted(TypedDict):
    valid: "bool"
    references: "list[Reference]"
    variables: "list[str]"
    diagnostics: "list[Diagnostic]"


class Reference(TypedDict):
    alias: "str"
    field: "NotRequired[str]"
    part: "NotRequired[str]"
    line: "int"
    column: "int"
    status: "Literal['known', 'missing', 'archived', 'undeclared']"


class Diagnostic(TypedDict):
    severity: "Literal['error', 'warning']"
    code: "str"
    message: "str"
    suggestion: "NotRequired[str]"
    part: "NotRequired[str]"
    line: "NotRequired[int]"
    column: "NotRequired[int]"


class RedactRequest(TypedDict):
    text: "str"
    scope: "NotRequired[Scope]"


class Redacted(TypedDict):
    text: "str"


class Macros(TypedDict):
    secrets: "list[Macro]"
    filters: "list[Macro]"
    tags: "list[Macro]"
    functions: "list[FunctionMacro]"
    next: "NotRequired[Cursor]"


class Macro(TypedDict):
    name: "str"
    description: "NotRequired[str]"
    forms: "list[str]"


class FunctionMacro(TypedDict):
    name: "str"
    language: "Literal['cel', 'js']"
    description: "str"
    forms: "list[str]"


class TemplateDraft(TypedDict):
    template: "NotRequired[str]"
    parts: "NotRequired[Parts]"
    context: "NotRequired[Context]"
    syntax: "NotRequired[Syntax]"
    required_secrets: "NotRequired[list[str] | None]"
    translations: "NotRequired[Translations]"
    sample_vars: "NotRequired[SampleVars]"
    description: "NotRequired[str]"
    note: "NotRequired[str]"
    scope: "NotRequired[Scope]"


class DocumentInfo(TypedDict):
    id: "str"
    scope: "Scope"
    version: "int"
    author: "NotRequired[str]"
    note: "NotRequired[str]"
    description: "str"
    secrets: "Aliases"
    created_at: "str"
    updated_at: "str"


class DocumentPage(TypedDict):
    items: "list[DocumentInfo]"
    next: "NotRequired[Cursor]"


class FlowDraft(TypedDict):
    expressions: "dict[str, WrittenExpression]"
    language: "NotRequired[Language]"
    required_secrets: "NotRequired[list[str] | None]"
    sample_vars: "NotRequired[SampleVars]"
    description: "NotRequired[str]"
    note: "NotRequired[str]"
    scope: "NotRequired[Scope]"


class SecretDraft(TypedDict):
    alias: "str"
    type: "NotRequired[SecretType]"
    value: "Any"
    description: "NotRequired[str]"
    unmasked: "NotRequired[Unmasked]"
    scope: "NotRequired[Scope]"


class SecretPatch(TypedDict):
    value: "NotRequired[Any]"
    description: "NotRequired[str | None]"
    unmasked: "NotRequired[Unmasked]"
    alias: "NotRequired[str | None]"
    type: "NotRequired[str | None]"
    scope: "NotRequired[Scope]"


class Secret(TypedDict):
    alias: "str"
    type: "SecretType"
    description: "str"
    scope: "Scope"
    version: "int"
    fields: "list[str] | None"
    created_at: "str"
    updated_at: "str"
    last_used_at: "str | None"
    archived: "bool"
    unmasked: "NotRequired[list[str]]"
    warnings: "NotRequired[list[SecretWarning]]"


class SecretWarning(TypedDict):
    code: "Literal['common_value', 'short_value']"
    message: "str"
    field: "NotRequired[str]"


class DocumentRef(TypedDict):
    id: "str"
    scope: "Scope"


class Usage(TypedDict):
    versions: "list[dict[str, Any]]"
    templates: "list[DocumentRef]"
    flows: "list[DocumentRef]"
    uses: "list[dict[str, Any]]"
    next: "NotRequired[Cursor]"


class Resolution(TypedDict):
    alias: "str"
    scope: "str"
    status: "ResolutionStatus"
    answers: "list[dict[str, Any]]"
    cached: "NotRequired[dict[str, Any]]"


class Session(TypedDict):
    token: "str"
    role: "str"
    scope: "str"
    expires_at: "str"


class TokenDraft(TypedDict):
    role: "Role"
    scope: "NotRequired[str]"
    description: "NotRequired[str]"
    expires_at: "NotRequired[str | None]"
    limits: "NotRequired[TokenLimitsDraft]"


class TokenLimits(TypedDict):
    rate: "NotRequired[int]"
    concurrency: "NotRequired[int]"
    bytes: "NotRequired[int]"


class TokenLimitsDraft(TypedDict):
    rate: "NotRequired[int]"
    concurrency: "NotRequired[int]"
    bytes: "NotRequired[int]"


class Token(TypedDict):
    id: "str"
    role: "str"
    scope: "Scope"
    description: "str"
    created_at: "str"
    expires_at: "str | None"
    limits: "NotRequired[TokenLimits]"


class Event(TypedDict):
    time: "str"
    who: "str"
    what: "str"
    scope: "Scope"
    alias: "NotRequired[str]"
    version: "NotRequired[int]"
    outcome: "str"
    request_id: "NotRequired[str]"
    count: "NotRequired[int]"


class Ready(TypedDict):
    status: "Literal['ready', 'degraded']"
    degraded: "NotRequired[list[dict[str, Any]]]"


class Status(TypedDict):
    status: "str"


class Problem(TypedDict):
    type: "str"
    title: "str"
    status: "int"
    code: "str"
    detail: "str"
    request_id: "str"
    errors: "NotRequired[list[Mistake]]"
    trace: "NotRequired[list[Step]]"
    trace_truncated: "NotRequired[bool]"


class Mistake(TypedDict):
    code: "str"
    message: "str"
    line: "NotRequired[int]"
    column: "NotRequired[int]"
    alias: "NotRequired[str]"
    field: "NotRequired[str]"
    part: "NotRequired[str]"


class Template(DocumentInfo):
    template: "NotRequired[str]"
    parts: "NotRequired[dict[str, StoredPart]]"
    context: "NotRequired[Context]"
    syntax: "NotRequired[Syntax]"
    required_secrets: "list[str] | None"
    translations: "NotRequired[Translations]"
    sample_vars: "NotRequired[SampleVars]"


class Flow(DocumentInfo):
    expressions: "dict[str, StoredExpression]"
    language: "NotRequired[Language]"
    required_secrets: "list[str] | None"
    sample_vars: "NotRequired[SampleVars]"


class NewToken(Token):
    token: "NotRequired[str]"


Context = "Literal['text', 'json', 'html', 'url', 'header']"
Syntax = "Literal['liquid', 'macros', 'bare']"
Mode = "Literal['send', 'preview']"
Scope = 'str'
Cursor = 'str'
Aliases = 'list[str]'
Parts = 'dict[str, Part]'
Translations = 'dict[str, Any]'
Recipients = 'list[Recipient]'
RecipientID = 'str | float | None'
Language = "Literal['cel', 'js']"
WrittenExpression = 'str | dict[str, Any]'
StoredExpression = 'str | dict[str, Any]'
SampleVars = 'dict[str, Any] | None'
SecretType = "Literal['token', 'username_password', 'json']"
Unmasked = 'list[str] | None'
ResolutionStatus = "Literal['known', 'missing', 'archived', 'unavailable']"
Role = "Literal['admin', 'render', 'author', 'preview']"
