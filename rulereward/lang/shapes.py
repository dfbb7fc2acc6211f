"""What to write where a mapping is needed and something else stands."""

from __future__ import annotations

import re

from rulereward.lang.yaml_nodes import MappingNode, Node, ScalarNode

_GLUED = re.compile(r"[\w-]+(:)\S")
_EQUALS = re.compile(r"([\w-]+)\s*=(?!=)")


def mapping_help(node: Node) -> str:
    """The next step, from what was written in place of `key: value` lines."""
    if isinstance(node, MappingNode):  # never asked
        return "write `key: value` lines"
    if not isinstance(node, ScalarNode):
        items = [item for item in node.items if isinstance(item, MappingNode) and item.entries]
        if items and len(items) == len(node.items):
            return "leave out the `- ` in front of each line: `name: value`"
        return "give each item a name: `name: value`, without `- `"
    if node.absent:
        return "indent the lines that belong to it by two blanks, or delete the key"
    if _GLUED.match(node.text):
        return "a blank must stand behind the `:` of a key: `key: value`"
    equals = _EQUALS.match(node.text)
    if equals:
        return f"a key is followed by `: `: write `{equals.group(1)}: value`"
    return "write `key: value` lines, one for each entry"
