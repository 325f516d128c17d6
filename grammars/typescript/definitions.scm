; Besides the definitions of javascript/definitions.scm.
(abstract_class_declaration name: (_) @name) @definition.class
(interface_declaration name: (_) @name) @definition.interface
(enum_declaration name: (_) @name) @definition.enum
(type_alias_declaration name: (_) @name) @definition.type
(internal_module name: (_) @name) @definition.module
(module name: (_) @name) @definition.module
(function_signature name: (_) @name) @definition.function
(abstract_method_signature name: (_) @name) @definition.method
(method_signature name: (_) @name) @definition.method
(public_field_definition
  name: (_) @name
  value: [(arrow_function) (function_expression)]) @definition.method

(export_statement declaration: (abstract_class_declaration name: (_) @name)) @definition.class
(export_statement declaration: (interface_declaration name: (_) @name)) @definition.interface
(export_statement declaration: (enum_declaration name: (_) @name)) @definition.enum
(export_statement declaration: (type_alias_declaration name: (_) @name)) @definition.type
(export_statement declaration: (internal_module name: (_) @name)) @definition.module
(export_statement declaration: (function_signature name: (_) @name)) @definition.function
