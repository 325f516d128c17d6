(call
  function: (identifier) @_call
  (#any-of? @_call "library" "require" "requireNamespace" "loadNamespace" "source")) @import.use

(identifier) @reference.use
(call function: (identifier) @reference.call)
(call function: (extract_operator rhs: (identifier) @reference.call))
(call function: (namespace_operator rhs: (identifier) @reference.call))

(argument name: (identifier) @other)
(parameter name: (identifier) @local)
(binary_operator lhs: (identifier) @local operator: ["<-" "="])
(for_statement variable: (identifier) @local)

(function_definition body: (_) @body)
