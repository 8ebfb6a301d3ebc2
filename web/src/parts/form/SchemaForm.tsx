import { useMemo, useState } from "react";
import { Problem } from "../../api/http";
import type { Parameters } from "../../api/parameters";
import { useWho } from "../../app/session";
import { told } from "../told";
import { FieldForm, type FormProps } from "./FieldForm";
import { type Refused, refusedOf } from "./refused";
import { fieldsOf, type Schema } from "./schema";
import { type Place, sentOf } from "./values";

interface SchemaFormProps extends FormProps {
  schema: Schema;
  onSend: (parameters: Parameters) => void;
}

/** A form drawn from a JSON Schema, which is sent as Parameters. */
export function SchemaForm({ schema, error, onSend, ...rest }: SchemaFormProps) {
  const { language } = useWho();
  const fields = useMemo(() => fieldsOf(schema, language), [schema, language]);
  const [places, setPlaces] = useState<Place[]>([]);
  const refused = useMemo<Refused>(() => {
    if (error instanceof Problem) return refusedOf(error, fields, places, language);
    return { fields: {}, rest: error ? [told(error, language)] : [] };
  }, [error, fields, places, language]);
  return (
    <FieldForm
      {...rest}
      fields={fields}
      error={error}
      refused={refused}
      onSend={(values) => {
        const sent = sentOf(fields, values);
        setPlaces(sent.places);
        onSend(sent.parameters);
      }}
    />
  );
}
