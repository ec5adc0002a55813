package store

// CountUnsent counts the files of an owner that no event holds, and stops at a
// number.
func (tx *Tx) CountUnsent(owner string, most int) (int, error) {
	return tx.count("count unsent files", `
		SELECT 1
		FROM files
		WHERE seq = 0 AND owner = $1`, []any{owner}, most)
}
