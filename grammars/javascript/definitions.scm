(comment) @comment
(decorator) @comment

(function_declaration name: (identifier) @name) @definition.function
(generator_function_declaration name: (identifier) @name) @definition.function
(class_declaration name: (_) @name) @definition.class
(method_definition name: (_) @name) @definition.method

(export_statement declaration: (function_declaration name: (identifier) @name)) @definition.function
(export_statement declaration: (generator_function_declaration name: (identifier) @name)) @definition.function
(export_statement declaration: (class_declaration name: (_) @name)) @definition.class
(export_statement value: (function_expression !name)) @definition.function
(export_statement value: (arrow_function)) @definition.function
(export_statement value: (class !name)) @definition.class

; const area = (shape) => …, also wrapped once: memo(() => …)
(variable_declarator
  name: (identifier) @name
  value: [
    (arrow_function)
    (function_expression)
    (generator_function)
    (call_expression
      function: (identifier)
      arguments: (arguments . [(arrow_function) (function_expression)]))
  ]) @definition.function
(variable_declarator name: (identifier) @name value: (class)) @definition.class
(lexical_declaration . (variable_declarator
  name: (identifier) @name
  value: [
    (arrow_function)
    (function_expression)
    (generator_function)
    (call_expression
      function: (identifier)
      arguments: (arguments . [(arrow_function) (function_expression)]))
  ]) .) @definition.function

; shape.area = function () …, exports.area = () => …
(expression_statement (assignment_expression
  left: [(identifier) (member_expression)] @name
  right: [(arrow_function) (function_expression) (generator_function)])) @definition.function
(expression_statement (assignment_expression
  left: [(identifier) (member_expression)] @name
  right: (class))) @definition.class

; { area: () => … } and { area() … }, the latter a method_definition
(pair
  key: (_) @name
  value: [(arrow_function) (function_expression) (generator_function)]) @definition.method

; What a module holds at its top.
(program (lexical_declaration "const" . (variable_declarator name: (identifier) @name)) @definition.constant)
(program (export_statement
  declaration: (lexical_declaration "const" . (variable_declarator name: (identifier) @name))) @definition.constant)
(program (variable_declaration . (variable_declarator name: (identifier) @name)) @definition.variable)
(program (lexical_declaration "let" . (variable_declarator name: (identifier) @name)) @definition.variable)

; describe('…', () => …), it.each(…)('…', () => …)
(expression_statement (call_expression
  function: [
    (identifier) @_call
    (member_expression object: (identifier) @_call)
    (call_expression function: (member_expression object: (identifier) @_call))
  ]
  arguments: (arguments . [(string) (template_string)] @name . [(arrow_function) (function_expression)]))
  (#any-of? @_call "describe" "it" "test" "suite" "context" "bench")) @definition.test
