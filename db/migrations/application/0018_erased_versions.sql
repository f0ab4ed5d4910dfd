-- Who made a document or a folder is part of what its version stands for: whoever kept a copy reads anew once the author is erased.
GRANT UPDATE (version) ON app.documents, app.folders TO worker;
