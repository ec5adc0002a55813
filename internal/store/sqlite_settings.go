package store

func (*sqlite) wanted() []want {
	return []want{
		{"sqlite_version", `SELECT sqlite_version()`, "at least 3.53.4", since([3]int{3, 53, 4})},
		{"journal_mode", `PRAGMA journal_mode`, "wal", is("wal")},
		{"synchronous", `PRAGMA synchronous`, "2 (FULL)", is("2")},
		{"foreign_keys", `PRAGMA foreign_keys`, "1", is("1")},
		{"busy_timeout", `PRAGMA busy_timeout`, "at least 5000", atLeast(5000)},
		// Nothing is answered where it is not compiled in at all.
		{"mmap_size", `PRAGMA mmap_size`, "0", is("0", "")},
		{"secure_delete", `PRAGMA secure_delete`, "1", is("1")},
		{"transactions", `SELECT '` + beginWrite + `'`, "BEGIN IMMEDIATE", is("BEGIN IMMEDIATE")},
	}
}
