(package_statement (package_name) @module)
(use_no_statement) @import.use
(use_parent_statement) @import.use
(require_statement) @import.require

(call_expression_with_args_with_brackets
  (call_expression_with_bareword function_name: (identifier) @reference.call))
(call_expression_with_spaced_args
  (call_expression_with_bareword function_name: (identifier) @reference.token))
(method_invocation function_name: (identifier) @reference.call)

(function_definition body: (_) @body)

(package_statement (package_name) @name) @outline.module
