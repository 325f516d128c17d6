(comment) @comment
(unary_operator operator: "@" operand: (call)) @comment

(call
  target: (identifier) @_call
  (arguments . (alias) @name)
  (do_block)
  (#any-of? @_call "defmodule" "defprotocol" "defimpl")) @definition.module
(call
  target: (identifier) @_call
  (arguments . [
    (identifier) @name
    (call target: (identifier) @name)
    (binary_operator left: [(identifier) @name (call target: (identifier) @name)] operator: "when")
  ])
  (#any-of? @_call "def" "defp" "defdelegate" "defguard" "defguardp" "defn" "defnp")) @definition.function
(call
  target: (identifier) @_call
  (arguments . [
    (identifier) @name
    (call target: (identifier) @name)
    (binary_operator left: [(identifier) @name (call target: (identifier) @name)] operator: "when")
  ])
  (#any-of? @_call "defmacro" "defmacrop")) @definition.macro
(call
  target: (identifier) @_call
  (arguments . (string) @name)
  (do_block)
  (#any-of? @_call "test" "describe" "property")) @definition.test
