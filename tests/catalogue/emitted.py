"""The codes that the program can give, from its source: each `code` that is handed to a type that has one.

A code that is not written there itself is followed to where it is: through parameters, variables, tables
and conditions. What cannot be followed is an error, so that no code escapes.
"""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
PACKAGES = ("pipeline", "schemas")
NOT_OURS = "local_registry"
OF_NUMBER_FORMATS = frozenset(("Look", "Shown"))
"""Classes whose code is another thing."""
ANYTHING = "*"
"""Stands in a code for what is known when the program runs, such as a status."""


class Place(NamedTuple):
    """An expression, and the function and the module that it stands in."""

    expression: ast.expr
    function: ast.FunctionDef | None
    module: "Module"


class Module(NamedTuple):
    """A source file, its top-level constants, and its calls, each with the function around it."""

    path: Path
    constants: dict[str, ast.expr]
    calls: list[tuple[ast.Call, ast.FunctionDef | None]]
    tree: ast.Module


def codes() -> dict[str, list[str]]:
    """Every code, with the places that give it."""
    modules = [_module(path) for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]
    modules = [module for module in modules if NOT_OURS not in module.path.parts]
    shared = {name: value for module in modules for name, value in module.constants.items()}
    classes = [each for module in modules for each in _classes(module.tree).items()]
    public = {name: at for name, at in classes if at is not None and not name.startswith("_")}
    found: dict[str, list[str]] = {}
    for module in modules:
        positions = public | _classes(module.tree)
        for call, function in module.calls:
            given = _argument(call, "code", positions.get(_name(call.func)))
            for code in _texts(Place(given, function, module), shared) if given else ():
                found.setdefault(code, []).append(f"{module.path.relative_to(ROOT)}:{call.lineno}")
    return found


def _module(path: Path) -> Module:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assigned = [node for node in tree.body if isinstance(node, ast.Assign | ast.AnnAssign) and node.value]
    constants = {
        target.id: node.value
        for node in assigned
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        if isinstance(target, ast.Name) and node.value
    }
    return Module(path, constants, list(_calls(tree, None)), tree)


def _calls(
    node: ast.AST, function: ast.FunctionDef | None
) -> Iterator[tuple[ast.Call, ast.FunctionDef | None]]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Call):
            yield child, function
        yield from _calls(child, child if isinstance(child, ast.FunctionDef) else function)


def _classes(tree: ast.Module) -> dict[str, int | None]:
    """The classes of a module, and the position of the argument that is a code; None without one."""
    found: dict[str, int | None] = {}
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            made = [
                each for each in node.body if isinstance(each, ast.FunctionDef) and each.name == "__init__"
            ]
            fields = [ast.unparse(each.target) for each in node.body if isinstance(each, ast.AnnAssign)]
            names = [each.arg for each in made[0].args.args[1:]] if made else fields
            has_one = "code" in names and node.name not in OF_NUMBER_FORMATS
            found[node.name] = names.index("code") if has_one else None
    return found


def _argument(call: ast.Call, name: str, position: int | None) -> ast.expr | None:
    named = next((each.value for each in call.keywords if each.arg == name), None)
    starred = any(isinstance(each, ast.Starred) for each in call.args)
    if named is None and position is not None and len(call.args) > position and not starred:
        return call.args[position]
    return named


def _texts(place: Place, shared: dict[str, ast.expr]) -> set[str]:
    """Every text that an expression can be; nothing for what is only handed on."""
    expression = place.expression
    several: list[ast.expr] = []
    match expression:
        case ast.Constant(value=str() as text):
            return {text} if text else set()
        case ast.Attribute(attr="code"):
            return set()
        case ast.Call(func=ast.Name(id="bindparam" | "field")):
            return set()
        case ast.IfExp(body=body, orelse=orelse):
            several = [body, orelse]
        case ast.BoolOp(values=values):
            several = values
        case ast.JoinedStr(values=parts):
            return _joined(parts, place, shared)
        case ast.Name(id=name):
            return {text for origin in _origins(name, place, shared) for text in _texts(origin, shared)}
        case _:
            where = f"{place.module.path}:{expression.lineno}"
            raise AssertionError(f"{where}: where does the code {ast.unparse(expression)} come from?")
    return {text for each in several for text in _texts(place._replace(expression=each), shared)}


def _joined(parts: list[ast.expr], place: Place, shared: dict[str, ast.expr]) -> set[str]:
    texts = {""}
    for part in parts:
        found = {ANYTHING}
        if isinstance(part, ast.Constant):
            found = {str(part.value)}
        elif isinstance(part, ast.FormattedValue) and isinstance(part.value, ast.Name):
            found = _texts(place._replace(expression=part.value), shared)
        texts = {before + after for before in texts for after in found}
    return texts


def _origins(name: str, place: Place, shared: dict[str, ast.expr]) -> Iterator[Place]:
    """Where the value of a name may come from."""
    function, module = place.function, place.module
    local = list(_assigned(name, function, module)) if function else []
    if function and not local and _handed_on(name, function):
        return
    parameters = [each.arg for each in function.args.args + function.args.kwonlyargs] if function else []
    if local:
        yield from (Place(value, function, module) for value in local)
    elif function and name in parameters:
        position = [each for each in parameters if each != "self"].index(name)
        for call, caller in module.calls:
            if _name(call.func) == function.name and (given := _argument(call, name, position)):
                yield Place(given, caller, module)
    elif name in module.constants or name in shared:
        yield Place(module.constants.get(name, shared[name]), None, module)
    else:
        raise AssertionError(f"{module.path}: where does the code {name} come from?")


def _assigned(name: str, function: ast.FunctionDef, module: Module) -> Iterator[ast.expr]:
    """What is assigned to a name in a function, alone, among others, or row by row from a table."""
    nodes = list(ast.walk(function))
    tables = dict(module.constants)
    for node in nodes:
        if isinstance(node, ast.Assign):
            yield from _parts(name, node.targets[0], node.value)
            tables |= {each.id: node.value for each in node.targets if isinstance(each, ast.Name)}
    for loop in nodes:
        if isinstance(loop, ast.For | ast.comprehension):
            for row in _rows(loop.iter, tables):
                yield from _parts(name, loop.target, row)


def _rows(table: ast.expr, tables: dict[str, ast.expr]) -> list[ast.expr]:
    """The rows of a table that is written out: a tuple, or the items of a dictionary."""
    match table:
        case ast.Name(id=name):
            rows = tables.get(name)
            return list(rows.elts) if isinstance(rows, ast.Tuple) else []
        case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="items")):
            items = tables.get(name)
            pairs = zip(items.keys, items.values, strict=True) if isinstance(items, ast.Dict) else ()
            return [ast.Tuple([key, value]) for key, value in pairs if key]
    return []


def _handed_on(name: str, function: ast.FunctionDef) -> bool:
    """Whether it is one of what a loop goes through: then the code was given where that was made."""
    loops = [node for node in ast.walk(function) if isinstance(node, ast.For | ast.comprehension)]
    names = [node for loop in loops for node in ast.walk(loop.target) if isinstance(node, ast.Name)]
    return any(each.id == name for each in names)


def _parts(name: str, target: ast.expr, value: ast.expr) -> Iterator[ast.expr]:
    if isinstance(target, ast.Name) and target.id == name:
        yield value
    if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
        for one, of in zip(target.elts, value.elts, strict=False):
            yield from _parts(name, one, of)


def _name(function: ast.expr) -> str:
    match function:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""
