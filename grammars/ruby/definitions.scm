(comment) @comment

(method name: (_) @name) @definition.method
(singleton_method name: (_) @name) @definition.method
(class name: (_) @name) @definition.class
(module name: (_) @name) @definition.module
(singleton_class) @definition.class
(program (assignment left: (constant) @name) @definition.constant)
(body_statement (assignment left: (constant) @name) @definition.constant)

; describe '…' do … end
(call
  method: (identifier) @_call
  arguments: (argument_list . (_) @name)
  block: (do_block)
  (#any-of? @_call "describe" "context" "it" "specify" "feature" "scenario" "test" "shared_examples" "task" "namespace")) @definition.test
(call
  receiver: (constant)
  method: (identifier) @_call
  arguments: (argument_list . (_) @name)
  block: (do_block)
  (#any-of? @_call "describe")) @definition.test
