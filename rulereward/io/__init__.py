"""Reading rows and writing records. The public names, by what one does with them:

Reading    `read_rows(paths, wanted=None)` gives `Row`s (source, line_number, raw, fields, error, .where);
           `blocks(rows)` cuts them into lists. `check_inputs(paths)`, `source_name(path)`, `STDIN` ("-").
Choosing   `wanted_columns(paths)` for `read_rows`; `pick(fields, paths)` an input's value, `pick_all` of many
           rows; `found_path`; `texts_in_utf8(rows, name)` where lines were read by a kernel.
Chat       `completion_text(value)`, `transcript(value)`, `prompt_text(value)`; they raise `BadValueError`,
           an `InputError` whose text is the reason (`described(value)` words a value for such a message).
Queries    `completion_of(query, prompt)` for a prompt and its completion decoded as one text.
Records    `Record(reward, state, reason, rule, components, details)`, `failed_record(reason, rules)`,
           `record_fields(record)` as a dict, `encode_record(row, record)` as a line in pieces, `state_text(record)`,
           `flagged_numbers(record)` for logs of numbers.
Writing    `start_output(output, RunMeta(...), resume=, overwrite=)` gives the number of rows already there;
           then `open_writer(output, append=resume)`, a context manager with `.write(rows, records)`, `.close()`
           and `.renamed`; `encode_block(rows, records)` does a part of it beforehand. `is_parquet(output)`.
           `check_written(output, rows, count)` compares an output with the rows that made it.
           `describe_inputs(paths)` makes `RunMeta.inputs`; `meta_path(output)`; `STDOUT` ("-").

Nothing heavy is imported here: pyarrow and zstandard come with the first file that needs them.
"""

from rulereward.io.chat import BadValueError, completion_text, described, prompt_text, transcript
from rulereward.io.columns import found_path, pick, pick_all, wanted_columns
from rulereward.io.compare import check_written
from rulereward.io.line_fields import texts_in_utf8
from rulereward.io.queries import completion_of, without_special_tokens
from rulereward.io.reading import read_rows
from rulereward.io.records import (
    Encoded,
    Record,
    encode_block,
    encode_record,
    failed_record,
    flagged_numbers,
    record_fields,
    state_text,
)
from rulereward.io.resume import InputMeta, RunMeta, check_output, describe_inputs, meta_path, start_output
from rulereward.io.rows import Row, blocks
from rulereward.io.streams import STDIN, check_inputs, is_parquet, source_name
from rulereward.io.writers import STDOUT, JsonlWriter, Writer, open_writer

__all__ = [
    "STDIN",
    "STDOUT",
    "BadValueError",
    "Encoded",
    "InputMeta",
    "JsonlWriter",
    "Record",
    "Row",
    "RunMeta",
    "Writer",
    "blocks",
    "check_inputs",
    "check_output",
    "check_written",
    "completion_of",
    "completion_text",
    "describe_inputs",
    "described",
    "encode_block",
    "encode_record",
    "failed_record",
    "flagged_numbers",
    "found_path",
    "is_parquet",
    "meta_path",
    "open_writer",
    "pick",
    "pick_all",
    "prompt_text",
    "read_rows",
    "record_fields",
    "source_name",
    "start_output",
    "state_text",
    "texts_in_utf8",
    "transcript",
    "wanted_columns",
    "without_special_tokens",
]
