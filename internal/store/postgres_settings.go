package store

func (*postgres) wanted() []want {
	setting := func(name string) string { return `SELECT current_setting('` + name + `')` }
	return []want{
		{"server_version_num", setting("server_version_num"), "at least 130000", atLeast(130000)},
		{"fsync", setting("fsync"), "on", is("on")},
		{"synchronous_commit", setting("synchronous_commit"), "on", is("on")},
		{"full_page_writes", setting("full_page_writes"), "on", is("on")},
		{"server_encoding", setting("server_encoding"), "UTF8", is("UTF8")},
		{"transaction_isolation", setting("transaction_isolation"), "read committed", is("read committed")},
	}
}
