-- Files in pieces, in the order of their bytes: a file can be continued, and read from its middle.
CREATE TABLE chunks (
    n INTEGER PRIMARY KEY,
    file_id BLOB NOT NULL,
    -- Where in the file the piece begins.
    start INTEGER NOT NULL,
    bytes BLOB NOT NULL,
    UNIQUE (file_id, start)
) STRICT;
