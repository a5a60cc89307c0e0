// Nothing is called here: the module is linked for its data.
