(comments) @comment
(pod_statement) @comment

(function_definition name: (_) @name) @definition.function
