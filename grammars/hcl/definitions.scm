(comment) @comment

(config_file (body (block . (identifier) @name . (block_start)) @definition.key))
(config_file (body (block
  . (identifier) @scope
  . [(string_lit) (identifier)] @name
  . (block_start)) @definition.key))
(config_file (body (block
  . (identifier)
  . [(string_lit) (identifier)] @scope
  . [(string_lit) (identifier)] @name) @definition.key))
(config_file (body (attribute . (identifier) @name) @definition.key))
(block (body (block . (identifier) @name) @definition.key))
