import { expect, test } from "vitest";
import { isPersonalName } from "../../src/contract/personal.ts";

test.each([
  "id",
  "ID",
  "customer_id",
  "CustomerID",
  "customerId",
  "customerid",
  "PassengerId",
  "user-id",
  "order_ids",
  "email",
  "E-Mail",
  "emailAddress",
  "contact_phone",
  "Phones",
  "mobile",
  "name",
  "Name",
  "first_name",
  "lastName",
  "Surname",
  "customer name",
  "full_name",
  "date_of_birth",
  "dob",
  "birthdate",
  "card_number",
  "ip",
  "ip_address",
  "street",
  "ZipCode",
  "latitude",
  "uuid",
])("takes %s for personal", (name) => {
  expect(isPersonalName(name)).toBe(true);
});

test.each([
  "tenure",
  "MonthlyCharges",
  "gender",
  "product_name",
  "file name",
  "paid",
  "covid",
  "humidity",
  "rapid",
  "grid",
  "age",
  "plan",
  "valid",
  "shipping",
  "x",
])("takes %s for impersonal", (name) => {
  expect(isPersonalName(name)).toBe(false);
});
