// From a JSON schema to rows {name, type, isRequired, text} of a table.
export class Schemas {
  #components;

  constructor(document) {
    this.#components = document.components ?? {};
  }

  /** What a reference stands for, or the value itself. */
  resolve(value) {
    const reference = value?.$ref;
    return reference ? reference.replace("#/components/", "").split("/").reduce((part, name) => part?.[name], this.#components) : value;
  }

  /** The alternatives of a schema, each with its name. */
  listChoices(schema) {
    return schema.anyOf && !schema.properties ? schema.anyOf.flatMap((choice) => this.listChoices(choice)) : [{ title: findName(schema), schema: this.resolve(schema) }];
  }

  /** The fields of an object, those of the schemas that it takes over last. */
  listRows(schema) {
    const own = this.resolve(schema);
    const item = own.type === "array" ? this.resolve(own.items) : own;
    const required = new Set(item.required ?? []);
    const rows = Object.entries(item.properties ?? {}).map(([name, field]) => this.#createRow(name, field, required.has(name)));
    return [...rows, ...(item.allOf ?? []).flatMap((part) => this.listRows(part))];
  }

  #createRow(name, field, isRequired) {
    const resolved = this.resolve(field);
    const facts = [field.description ?? resolved.description, describeValues(resolved), describeRange(resolved)];
    return { name, type: this.describeType(field), isRequired, text: facts.filter(Boolean).join(" ") };
  }

  describeType(schema) {
    const name = findName(schema);
    const own = this.resolve(schema);
    if (own.const !== undefined) {
      return `"${own.const}"`;
    }
    if (own.type === "array") {
      return `list of ${own.items ? this.describeType(own.items) : "any"}`;
    }
    if (own.anyOf) {
      return name || own.anyOf.map((choice) => this.describeType(choice)).join(" or ");
    }
    return Array.isArray(own.type) ? own.type.join(" or ") : name && own.type === "object" ? name : own.type ?? "any";
  }
}

function findName(schema) {
  return schema.$ref?.split("/").pop() ?? "";
}

function describeValues(schema) {
  return schema.enum ? `One of ${schema.enum.map((value) => `\`${value}\``).join(", ")}.` : "";
}

function describeRange(schema) {
  const { minimum, maximum } = schema;
  const range = minimum !== undefined && maximum !== undefined ? `From ${minimum} to ${maximum}.` : minimum !== undefined ? `From ${minimum}.` : "";
  return schema.default === undefined ? range : `${range} Default \`${schema.default}\`.`.trim();
}
