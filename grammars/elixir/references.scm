(call
  target: (identifier) @_call
  (arguments . [(alias) (dot left: (alias) right: (tuple))])
  (#any-of? @_call "import" "alias" "require" "use")) @import.use

(alias) @reference.path
(call target: (identifier) @reference.call)
(call target: (dot right: (identifier) @reference.call) (arguments))
(call target: (dot left: (alias) right: (identifier) @reference.call))
(unary_operator operator: "&" operand: (binary_operator left: (identifier) @reference.use operator: "/"))
(unary_operator
  operator: "&"
  operand: (binary_operator left: (call target: (dot right: (identifier) @reference.use)) operator: "/"))
(binary_operator operator: "|>" right: (identifier) @reference.call)
(unary_operator operator: "@" operand: (call target: (identifier) @other))
(unary_operator
  operator: "@"
  operand: (call (arguments (binary_operator left: (call target: (identifier) @other) operator: "::"))))

(call target: (identifier) (do_block) @body)
