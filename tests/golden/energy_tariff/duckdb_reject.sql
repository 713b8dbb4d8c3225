-- judge every row, write the rejected ones, note the others' hashes
COPY (
  SELECT "raw_Region" AS "Region",
    "raw_plan" AS "plan",
    "raw_meter_read_at" AS "meter_read_at",
    "raw_contract_start" AS "contract_start",
    "raw_last_payment_at" AS "last_payment_at",
    "raw_consumption_kwh" AS "consumption_kwh",
    "raw_balance_cents" AS "balance_cents",
    "raw_note" AS "note",
    "raw_discount_cents" AS "discount_cents",
    source_file,
    source_row,
    CASE reason_number
           WHEN 1 THEN 'Region_missing'
           WHEN 2 THEN 'plan_missing'
           WHEN 3 THEN 'meter_read_at_missing'
           WHEN 4 THEN 'meter_read_at_malformed'
           WHEN 5 THEN 'contract_start_missing'
           WHEN 6 THEN 'contract_start_malformed'
           WHEN 7 THEN 'last_payment_at_malformed'
           WHEN 8 THEN 'consumption_kwh_missing'
           WHEN 9 THEN 'consumption_kwh_malformed'
           WHEN 10 THEN 'balance_cents_missing'
           WHEN 11 THEN 'balance_cents_malformed'
           WHEN 12 THEN 'discount_cents_malformed'
           WHEN 13 THEN 'contract_after_reading'
           WHEN 14 THEN 'contract_too_old'
           WHEN 15 THEN 'plan_unknown'
           WHEN 16 THEN 'plan_equals_region'
           WHEN 17 THEN 'consumption_negative'
           WHEN 18 THEN 'consumption_implausible'
           WHEN 19 THEN 'balance_unset'
           WHEN 20 THEN 'note_is_dash' END AS reason,
    list_filter([
           CASE WHEN "Region" IS NULL THEN 'Region_missing' END, 
           CASE WHEN "plan" IS NULL THEN 'plan_missing' END, 
           CASE WHEN "meter_read_at" IS NULL AND ("raw_meter_read_at" IS NULL OR "raw_meter_read_at" = '') THEN 'meter_read_at_missing' END, 
           CASE WHEN "meter_read_at" IS NULL AND NOT ("raw_meter_read_at" IS NULL OR "raw_meter_read_at" = '') THEN 'meter_read_at_malformed' END, 
           CASE WHEN "contract_start" IS NULL AND ("raw_contract_start" IS NULL OR "raw_contract_start" = '') THEN 'contract_start_missing' END, 
           CASE WHEN "contract_start" IS NULL AND NOT ("raw_contract_start" IS NULL OR "raw_contract_start" = '') THEN 'contract_start_malformed' END, 
           CASE WHEN "last_payment_at" IS NULL AND NOT ("raw_last_payment_at" IS NULL OR "raw_last_payment_at" = '') THEN 'last_payment_at_malformed' END, 
           CASE WHEN "consumption_kwh" IS NULL AND ("raw_consumption_kwh" IS NULL OR "raw_consumption_kwh" = '') THEN 'consumption_kwh_missing' END, 
           CASE WHEN "consumption_kwh" IS NULL AND NOT ("raw_consumption_kwh" IS NULL OR "raw_consumption_kwh" = '') THEN 'consumption_kwh_malformed' END, 
           CASE WHEN "balance_cents" IS NULL AND ("raw_balance_cents" IS NULL OR "raw_balance_cents" = '') THEN 'balance_cents_missing' END, 
           CASE WHEN "balance_cents" IS NULL AND NOT ("raw_balance_cents" IS NULL OR "raw_balance_cents" = '') THEN 'balance_cents_malformed' END, 
           CASE WHEN "discount_cents" IS NULL AND NOT ("raw_discount_cents" IS NULL OR "raw_discount_cents" = '') THEN 'discount_cents_malformed' END, 
           CASE WHEN NOT ("meter_read_at" >= "contract_start") THEN 'contract_after_reading' END, 
           CASE WHEN NOT ("contract_start" >= TIMESTAMP '2009-12-31 23:00:00') THEN 'contract_too_old' END, 
           CASE WHEN NOT ("plan" IN ('basic', 'green', 'night''s rate')) THEN 'plan_unknown' END, 
           CASE WHEN NOT ("plan" <> "Region") THEN 'plan_equals_region' END, 
           CASE WHEN NOT ("consumption_kwh" > -1) THEN 'consumption_negative' END, 
           CASE WHEN NOT ("consumption_kwh" < 1000000) THEN 'consumption_implausible' END, 
           CASE WHEN NOT ("balance_cents" <> -999999) THEN 'balance_unset' END, 
           CASE WHEN NOT ("note" <> '-') THEN 'note_is_dash' END], lambda item: item IS NOT NULL) AS reasons
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
  WHERE voucher_is_rejected(reason_number, file_position, source_row, hash("Region", "plan", "meter_read_at", "contract_start", "last_payment_at", "consumption_kwh", "balance_cents", "note", "discount_cents"))
) TO '<out>/rejected.parquet' (FORMAT parquet, COMPRESSION zstd);
