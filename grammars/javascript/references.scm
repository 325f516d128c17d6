; Besides the references of ecmascript/references.scm and jsx/references.scm.
(class_heritage (identifier) @reference.inherit)
(class_heritage (member_expression property: (_) @reference.inherit))
(formal_parameters (identifier) @local)
