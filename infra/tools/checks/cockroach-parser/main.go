// Reads SQL statements as JSON lines of strings and answers one JSON line each: what CockroachDB's own parser says of it.
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"io"
	"log"
	"os"

	"github.com/cockroachdb/cockroachdb-parser/pkg/sql/parser"
	"github.com/cockroachdb/cockroachdb-parser/pkg/sql/pgwire/pgcode"
	"github.com/cockroachdb/cockroachdb-parser/pkg/sql/pgwire/pgerror"
)

type verdict struct {
	// How many statements the text holds.
	Statements int `json:"statements"`
	// The highest $n.
	Placeholders int `json:"placeholders"`
	// Empty where the text parses.
	Error string `json:"error"`
	// The parser knows the syntax, and that CockroachDB does not have it.
	Unimplemented bool `json:"unimplemented"`
}

func judge(text string) verdict {
	parsed, err := parser.Parse(text)
	if err != nil {
		unimplemented := pgerror.GetPGCode(err) == pgcode.FeatureNotSupported
		return verdict{Error: err.Error(), Unimplemented: unimplemented}
	}
	placeholders := 0
	for _, statement := range parsed {
		placeholders = max(placeholders, statement.NumPlaceholders)
	}
	return verdict{Statements: len(parsed), Placeholders: placeholders}
}

func main() {
	in := json.NewDecoder(bufio.NewReader(os.Stdin))
	out := json.NewEncoder(os.Stdout)
	for {
		var text string
		if err := in.Decode(&text); errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			log.Fatal(err)
		}
		if err := out.Encode(judge(text)); err != nil {
			log.Fatal(err)
		}
	}
}
