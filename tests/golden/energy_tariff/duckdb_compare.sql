-- compare rows whose hashes met, value by value
SELECT file_position, source_row
  FROM (SELECT file_position, source_row, row_number() OVER (PARTITION BY "Region", "plan", "meter_read_at", "contract_start", "last_payment_at", "consumption_kwh", "balance_cents", "note", "discount_cents" ORDER BY source_file, source_row) AS copy
    FROM (
  SELECT "Region",
    "plan",
    "meter_read_at",
    "contract_start",
    "last_payment_at",
    "consumption_kwh",
    "balance_cents",
    "note",
    "discount_cents",
    file_position,
    source_row,
    source_file
  FROM (
    SELECT *, CASE
           WHEN "Region" IS NULL THEN 1
           WHEN "plan" IS NULL THEN 2
           WHEN "meter_read_at" IS NULL AND ("raw_meter_read_at" IS NULL OR "raw_meter_read_at" = '') THEN 3
           WHEN "meter_read_at" IS NULL AND NOT ("raw_meter_read_at" IS NULL OR "raw_meter_read_at" = '') THEN 4
           WHEN "contract_start" IS NULL AND ("raw_contract_start" IS NULL OR "raw_contract_start" = '') THEN 5
           WHEN "contract_start" IS NULL AND NOT ("raw_contract_start" IS NULL OR "raw_contract_start" = '') THEN 6
           WHEN "last_payment_at" IS NULL AND NOT ("raw_last_payment_at" IS NULL OR "raw_last_payment_at" = '') THEN 7
           WHEN "consumption_kwh" IS NULL AND ("raw_consumption_kwh" IS NULL OR "raw_consumption_kwh" = '') THEN 8
           WHEN "consumption_kwh" IS NULL AND NOT ("raw_consumption_kwh" IS NULL OR "raw_consumption_kwh" = '') THEN 9
           WHEN "balance_cents" IS NULL AND ("raw_balance_cents" IS NULL OR "raw_balance_cents" = '') THEN 10
           WHEN "balance_cents" IS NULL AND NOT ("raw_balance_cents" IS NULL OR "raw_balance_cents" = '') THEN 11
           WHEN "discount_cents" IS NULL AND NOT ("raw_discount_cents" IS NULL OR "raw_discount_cents" = '') THEN 12
           WHEN NOT ("meter_read_at" >= "contract_start") THEN 13
           WHEN NOT ("contract_start" >= TIMESTAMP '2009-12-31 23:00:00') THEN 14
           WHEN NOT ("plan" IN ('basic', 'green', 'night''s rate')) THEN 15
           WHEN NOT ("plan" <> "Region") THEN 16
           WHEN NOT ("consumption_kwh" > -1) THEN 17
           WHEN NOT ("consumption_kwh" < 1000000) THEN 18
           WHEN NOT ("balance_cents" <> -999999) THEN 19
           WHEN NOT ("note" <> '-') THEN 20
           ELSE 0 END AS reason_number
    FROM (
      SELECT *, nullif("raw_Region", '') AS "Region",
        nullif("raw_plan", '') AS "plan",
        voucher_timestamp("raw_meter_read_at") AS "meter_read_at",
        voucher_timestamp("raw_contract_start") AS "contract_start",
        voucher_timestamp("raw_last_payment_at") AS "last_payment_at",
        voucher_integer("raw_consumption_kwh") AS "consumption_kwh",
        voucher_integer("raw_balance_cents") AS "balance_cents",
        nullif("raw_note", '') AS "note",
        voucher_integer("raw_discount_cents") AS "discount_cents"
      FROM (
        SELECT "Region" AS "raw_Region", "plan" AS "raw_plan", "meter_read_at" AS "raw_meter_read_at", "contract_start" AS "raw_contract_start", "last_payment_at" AS "raw_last_payment_at", "consumption_kwh" AS "raw_consumption_kwh", "balance_cents" AS "raw_balance_cents", "note" AS "raw_note", "discount_cents" AS "raw_discount_cents", source_file, source_row, file_position FROM voucher_csv(['<raw files>'])
      ) AS source
    ) AS parsed
  ) AS judged
  WHERE voucher_is_suspect(reason_number, file_position, source_row)
) AS suspects) AS copies
  WHERE copy > 1;
