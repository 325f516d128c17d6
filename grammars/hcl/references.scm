((block
  . (identifier) @_module
  (body (attribute . (identifier) @_source (expression (literal_value (string_lit) @import.static)))))
  (#eq? @_module "module")
  (#eq? @_source "source"))

(expression (variable_expr) . (get_attr (identifier) @reference.use))
(function_call . (identifier) @reference.call)
