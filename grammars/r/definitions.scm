(comment) @comment

(binary_operator lhs: [(identifier) (string) (extract_operator)] @name rhs: (function_definition)) @definition.function
(program (binary_operator lhs: (identifier) @name operator: ["<-" "="]) @definition.variable)
