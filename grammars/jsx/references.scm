; Besides the references of ecmascript/references.scm. Components are capitalised.
(jsx_opening_element name: (identifier) @reference.call (#match? @reference.call "^[^a-z]"))
(jsx_self_closing_element name: (identifier) @reference.call (#match? @reference.call "^[^a-z]"))
(jsx_opening_element name: (member_expression property: (_) @reference.call))
(jsx_self_closing_element name: (member_expression property: (_) @reference.call))
(jsx_opening_element name: (identifier) @other (#match? @other "^[a-z]"))
(jsx_self_closing_element name: (identifier) @other (#match? @other "^[a-z]"))
(jsx_closing_element name: (identifier) @other (#match? @other "^[a-z]"))
