"""A client of sotto's HTTP API, with the standard library alone.

Start with Client; then render makes a message, evaluate a value, and render_batch
one message for each of many recipients. A refusal is a Problem.
"""

from .client import Client
from .errors import Cut, Problem, Unreachable

__all__ = ["Client", "Cut", "Problem", "Unreachable"]
