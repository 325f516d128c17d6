; JavaScript and TypeScript.
(import_statement) @import.static
(export_statement source: (string)) @import.reexport
(call_expression function: (import) arguments: (arguments . (string))) @import.dynamic
(variable_declarator value: (await_expression
  (call_expression function: (import) arguments: (arguments . (string))))) @import.dynamic
(call_expression
  function: (identifier) @_call
  arguments: (arguments . (string) .)
  (#eq? @_call "require")) @import.require
(variable_declarator
  value: (call_expression function: (identifier) @_call arguments: (arguments . (string) .))
  (#eq? @_call "require")) @import.require

(export_statement (export_clause)) @export
(export_statement (identifier)) @export
(expression_statement (assignment_expression
  left: [
    (member_expression object: (identifier) @_module)
    (member_expression object: (member_expression object: (identifier) @_module))
  ]
  (#any-of? @_module "module" "exports"))) @export

(identifier) @reference.use
(shorthand_property_identifier) @reference.use
(member_expression property: (property_identifier) @reference.use)
(call_expression function: (identifier) @reference.call)
(call_expression function: (member_expression property: (_) @reference.call))
(new_expression constructor: (identifier) @reference.call)
(new_expression constructor: (member_expression property: (_) @reference.call))

(arrow_function parameter: (identifier) @local)
(variable_declarator name: (identifier) @local)
(variable_declarator name: (identifier) @local value: (new_expression constructor: (identifier) @as))
(variable_declarator name: (identifier) @local value: (call_expression) @as.value)
(variable_declarator name: (identifier) @local value: (await_expression (call_expression) @as.value))
(variable_declarator name: (identifier) @local value: (member_expression) @as.value)
(variable_declarator
  name: (object_pattern (shorthand_property_identifier_pattern) @local.member)
  value: [(identifier) (this) (member_expression) (call_expression)] @as.value)
(variable_declarator
  name: (object_pattern (shorthand_property_identifier_pattern) @local.member)
  value: (await_expression (call_expression) @as.value))
(shorthand_property_identifier_pattern) @local
(pair_pattern value: (identifier) @local)
(assignment_pattern left: (identifier) @local)
(array_pattern (identifier) @local)
(rest_pattern (identifier) @local)
(catch_clause parameter: (identifier) @local)
(for_in_statement left: (identifier) @local)
(function_expression name: (identifier) @local)

; Where names of variables and parameters are known.
(statement_block) @scope
(for_statement) @scope
(for_in_statement) @scope
(catch_clause) @scope
(switch_body) @scope

(function_declaration body: (_) @body) @scope
(generator_function_declaration body: (_) @body) @scope
(function_expression body: (_) @body) @scope
(generator_function body: (_) @body) @scope
(arrow_function body: (_) @body) @scope
(method_definition body: (_) @body) @scope
(class_declaration body: (_) @body) @scope
(class body: (_) @body) @scope

(program (lexical_declaration (variable_declarator name: (identifier) @name) @outline.variable))
(program (variable_declaration (variable_declarator name: (identifier) @name) @outline.variable))
(program (export_statement
  declaration: (lexical_declaration (variable_declarator name: (identifier) @name) @outline.variable)))
(program (export_statement
  declaration: (variable_declaration (variable_declarator name: (identifier) @name) @outline.variable)))

; What a module exports as its default without a declaration.
(export_statement "default" @name value: [(identifier) (object) (array) (call_expression) (new_expression)]) @outline.constant

; Functions that have a name though they are values.
(return_statement (function_expression name: (identifier) @name) @outline.function)
(arguments (function_expression name: (identifier) @name) @outline.function)
(arrow_function body: (function_expression name: (identifier) @name) @outline.function)

(export_specifier alias: (identifier) @other)
