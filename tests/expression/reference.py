# SPDX-License-Identifier: MIT
"""Evaluates expressions and function bodies with CPython, for comparison with the expression language.

Reads a JSON array of {"text", "body", "names", "values"} from standard input and prints one line for each: the kind and
value of the result, or `error` and the class of the exception. Whole numbers live in 64 bits there, so every
operation here is checked and raises OverflowError as soon as a whole number leaves them; a check that raises nothing
must not change the result, which is compared with a run without checks.
"""
import ast
import json
import math
import operator
import sys
import warnings

LARGEST = 10000  # bytes of a text, and 16 times the items of a list
OPERATORS = {"add": operator.add, "sub": operator.sub, "mult": operator.mul, "div": operator.truediv,
             "floordiv": operator.floordiv, "mod": operator.mod, "pow": operator.pow}


class Unsupported(Exception):
    pass


class Budget(Exception):
    pass


def checked(value):
    if type(value) is int and not -(2**63) <= value < 2**63:
        raise OverflowError
    if type(value) is complex:
        raise Unsupported
    return value


def combine(name, in_place, left, right):
    """`left op right`, refusing first what the language refuses and what would need much memory."""
    if in_place and isinstance(left, list):
        raise Unsupported
    if name == "mult":
        for sequence, times in ((left, right), (right, left)):
            if isinstance(sequence, (str, list, tuple)) and isinstance(times, int) and size(sequence) * times > LARGEST:
                raise Budget
    if name == "add" and type(left) is type(right) and isinstance(left, (str, list, tuple)):
        if size(left) + size(right) > LARGEST:
            raise Budget
    if name == "mod" and isinstance(left, str) and ("%" in left or isinstance(right, (list, tuple, range))):
        raise Unsupported
    if name == "pow" and all(isinstance(number, (int, float)) and math.isfinite(number) for number in (left, right)):
        if left < 0 and right != math.floor(right):
            raise Unsupported
    return checked(OPERATORS[name](left, right))


def size(sequence):
    return len(sequence.encode()) if isinstance(sequence, str) else 16 * len(sequence)


def checked_sum(items, start=0):
    if isinstance(start, str):
        raise TypeError
    for item in items:
        start = combine("add", False, start, item)
    return start


def text_of(value):
    if isinstance(value, (list, tuple, range)):
        raise Unsupported
    return str(value)


def contains(container, member):
    """`in` by equality alone: data have no identity there, which matters for NaN."""
    if isinstance(container, (list, tuple)):
        return any(item == member for item in container)
    return member in container


class Checker(ast.NodeTransformer):
    """Wraps everything that computes in calls of `checked`."""

    def wrap(self, node):
        self.generic_visit(node)
        return ast.Call(ast.Name("checked", ast.Load()), [node], [])

    visit_UnaryOp = visit_Call = wrap

    def combined(self, op, in_place, left, right):
        name = ast.Constant(type(op).__name__.lower())
        return ast.Call(ast.Name("combine", ast.Load()), [name, ast.Constant(in_place), left, right], [])

    def visit_BinOp(self, node):
        self.generic_visit(node)
        return self.combined(node.op, False, node.left, node.right)

    def visit_Compare(self, node):
        self.generic_visit(node)
        if len(node.ops) == 1 and isinstance(node.ops[0], (ast.In, ast.NotIn)):
            call = ast.Call(ast.Name("contains_in_order", ast.Load()), [node.left, node.comparators[0]], [])
            return ast.UnaryOp(ast.Not(), call) if isinstance(node.ops[0], ast.NotIn) else call
        return node

    def visit_AugAssign(self, node):
        self.generic_visit(node)
        load = ast.Name(node.target.id, ast.Load())
        return ast.Assign([node.target], self.combined(node.op, True, load, node.value))


PLAIN = {name: __builtins__.__dict__[name] for name in
         "abs all any bool divmod float int len max min pow range round str sum".split()}
CHECKED = dict(PLAIN, sum=checked_sum, checked=checked, combine=combine, str=text_of,
               contains_in_order=lambda member, container: contains(container, member))


def run(case, tree, functions):
    if case["body"]:
        arguments = ast.arguments([], [ast.arg(name) for name in case["names"]], None, [], [], None, [])
        function = ast.FunctionDef("body", arguments, tree.body, [], None, None)
        module = ast.fix_missing_locations(ast.Module([function], []))
        space = {"__builtins__": functions, "math": math}
        exec(compile(module, "<body>", "exec"), space)
        return space["body"](*case["arguments"])
    space = dict(zip(case["names"], case["arguments"]))
    return eval(compile(ast.fix_missing_locations(tree), "<text>", "eval"),
                {"__builtins__": functions, "math": math, **space})


def outcome(case, tree, functions):
    try:
        value = run(case, tree, functions)
    except (Unsupported, Budget, ArithmeticError, TypeError, ValueError, IndexError, NameError, MemoryError) as error:
        kind = type(error).__name__
        return "error " + ("NameError" if kind == "UnboundLocalError" else kind)
    if type(value) is float:
        return "float " + value.hex()
    if type(value) is str:
        return "str " + json.dumps(value)
    if value is None or type(value) in (list, tuple, range):
        return "other"
    return f"{type(value).__name__} {value}"


def argument(value):
    return float.fromhex(value["real"]) if isinstance(value, dict) else value


def main():
    warnings.simplefilter("ignore")
    for case in json.load(sys.stdin):
        case["arguments"] = [argument(value) for value in case["values"]]
        mode = "exec" if case["body"] else "eval"
        result = outcome(case, Checker().visit(ast.parse(case["text"], mode=mode)), CHECKED)
        if not result.startswith("error") and " in " not in case["text"]:
            unchecked = outcome(case, ast.parse(case["text"], mode=mode), PLAIN)
            if unchecked != result:
                result = f"the checks changed {unchecked} to {result}"
        print(result)


main()
