package store

// Setting reads a workspace setting; "" where it was never set.
func (tx *Tx) Setting(name string) (string, error) {
	var value string
	_, err := tx.find("read setting", `
		SELECT value
		FROM settings
		WHERE name = $1`, []any{name}, &value)
	return value, err
}

// SetSetting writes a workspace setting.
func (tx *Tx) SetSetting(name, value string) error {
	_, err := tx.exec("write setting", `
		INSERT INTO settings (name, value)
		VALUES ($1, $2)
		ON CONFLICT (name) DO UPDATE
		SET value = excluded.value`, name, value)
	return err
}

// KeepSetting writes a workspace setting where there is none, and returns the one
// that holds: of many nodes that make one, all get the same.
func (tx *Tx) KeepSetting(name, value string) (string, error) {
	if _, err := tx.exec("write setting", `
		INSERT INTO settings (name, value)
		VALUES ($1, $2)
		ON CONFLICT (name) DO NOTHING`, name, value); err != nil {
		return "", err
	}
	return tx.Setting(name)
}
