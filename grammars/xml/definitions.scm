(Comment) @comment

(element . (STag (Name) @name)) @definition.element
