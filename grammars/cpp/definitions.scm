; Besides the definitions of c/definitions.scm.
(function_definition declarator: [
  (reference_declarator (function_declarator declarator: (_) @name))
  (pointer_declarator (reference_declarator (function_declarator declarator: (_) @name)))
  (operator_cast) @name
]) @definition.function
(template_declaration (function_definition declarator: [
  (function_declarator declarator: (_) @name)
  (reference_declarator (function_declarator declarator: (_) @name))
  (pointer_declarator declarator: (function_declarator declarator: (_) @name))
])) @definition.function

(class_specifier name: (_) @name body: (_)) @definition.class
(template_declaration (class_specifier name: (_) @name body: (_))) @definition.class
(template_declaration (struct_specifier name: (_) @name body: (_))) @definition.struct
(namespace_definition name: (_) @name) @definition.module
(alias_declaration name: (_) @name) @definition.type
(concept_definition name: (_) @name) @definition.type
(declaration_list (declaration declarator: (init_declarator declarator: [
  (identifier) @name
  (array_declarator declarator: (identifier) @name)
])) @definition.variable)
