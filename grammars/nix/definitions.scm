(comment) @comment

(binding attrpath: (_) @name) @definition.key
