"""The same training under other names, without comments, and in another layout."""

from __future__ import annotations

import ast
from pathlib import Path


def renamed(source: str, keep: set[str]) -> str:
    """Return a module in which what it names itself, but for `keep`, has another name."""
    tree = ast.parse(source)
    own = {
        node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.ClassDef) if node.name[0] != "_"
    } | {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    methods = {node.name for part in ast.walk(tree) if isinstance(part, ast.ClassDef) for node in part.body
               if isinstance(node, ast.FunctionDef)}  # fmt: skip
    attributes = {node.targets[0].id for part in ast.walk(tree) if isinstance(part, ast.ClassDef) for node in part.body
                  if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)}  # fmt: skip
    parameters = {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
    names = {name: f"v{number}" for number, name in enumerate(sorted(own - methods - attributes - parameters - keep))}

    class Renamer(ast.NodeTransformer):
        def visit_Name(self, node: ast.Name) -> ast.Name:
            node.id = names.get(node.id, node.id)
            return node

        def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
            node.name = names.get(node.name, node.name)
            if ast.get_docstring(node) is not None and len(node.body) > 1:
                node.body = node.body[1:]
            return self.generic_visit(node)

        def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
            node.name = names.get(node.name, node.name)
            return self.generic_visit(node)

    return ast.unparse(Renamer().visit(tree))


def copy_of(file: Path, folder: Path, keep: set[str]) -> Path:
    """Write a renamed copy of a file, and of the loops that it may use, into a folder."""
    loops = file.with_name("loops.py")
    (folder / "loops.py").write_bytes(loops.read_bytes())
    made = folder / f"copy_of_{file.name}"
    made.write_text(renamed(file.read_text(encoding="utf-8"), keep), encoding="utf-8")
    return made
