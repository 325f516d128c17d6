(call
  !receiver
  method: (identifier) @_call
  arguments: (argument_list . (string))
  (#any-of? @_call "require" "require_relative" "load")) @import.require
(call
  !receiver
  method: (identifier) @_call
  arguments: (argument_list (simple_symbol) (string))
  (#any-of? @_call "autoload")) @import.require

(identifier) @reference.call
(constant) @reference.use
(call method: (constant) @reference.call)
(superclass (constant) @reference.inherit)
(superclass (scope_resolution name: (constant) @reference.inherit))
(call
  !receiver
  method: (identifier) @_call
  arguments: (argument_list [(constant) @reference.inherit (scope_resolution name: (constant) @reference.inherit)])
  (#any-of? @_call "include" "extend" "prepend"))

(method_parameters (identifier) @local)
(block_parameters (identifier) @local)
(lambda_parameters (identifier) @local)
(destructured_parameter (identifier) @local)
(optional_parameter name: (identifier) @local)
(splat_parameter name: (identifier) @local)
(keyword_parameter name: (identifier) @local)
(hash_splat_parameter name: (identifier) @local)
(block_parameter name: (identifier) @local)
(assignment left: (identifier) @local)
(assignment left: (identifier) @local
  right: (call receiver: (constant) @as method: (identifier) @_new)
  (#eq? @_new "new"))
(operator_assignment left: (identifier) @local)
(left_assignment_list (identifier) @local)
(rest_assignment (identifier) @local)
(exception_variable (identifier) @local)
(for pattern: (identifier) @local)

(body_statement (identifier) @access (#any-of? @access "private" "protected" "public"))

(method body: (_) @body)
(singleton_method body: (_) @body)
(class body: (_) @body)
(module body: (_) @body)
(singleton_class body: (_) @body)

(call
  method: (identifier) @_call
  arguments: (argument_list (simple_symbol) @name @outline.method)
  (#any-of? @_call "attr_reader" "attr_writer" "attr_accessor"))
