//! What every command's body can do: be read, be written, say what it names, become the domain's command and come from it.

macro_rules! bodies {
    (
        as_they_are { $($plain:ident $plain_name:literal $plain_does:literal;)* }
        on_a_voucher { $($unit:ident $unit_name:literal $unit_does:literal {
            $($(#[$unit_attr:meta])* $unit_field:ident: $unit_ty:ty,)*
        })* }
        on_an_entitlement { $($whole:ident $whole_name:literal $whole_does:literal {
            $($(#[$whole_attr:meta])* $whole_field:ident: $whole_ty:ty,)*
        })* }
    ) => {
        $(
            #[doc = $unit_does]
            #[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
            #[serde(deny_unknown_fields)]
            pub struct $unit {
                /// The voucher: its code or its id.
                pub voucher: VoucherText,
                $($(#[$unit_attr])* pub $unit_field: $unit_ty,)*
            }
        )*
        $(
            #[doc = $whole_does]
            #[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
            #[serde(deny_unknown_fields)]
            pub struct $whole {
                /// The entitlement: its id, or the code of one of its vouchers.
                pub entitlement: VoucherText,
                $($(#[$whole_attr])* pub $whole_field: $whole_ty,)*
            }
        )*

        /// The body of a command.
        #[derive(Debug, Clone)]
        pub enum CommandBody {
            $(#[doc = $plain_does] $plain(resit_domain::$plain),)*
            $(#[doc = $unit_does] $unit($unit),)*
            $(#[doc = $whole_does] $whole($whole),)*
        }

        /// A command as it is offered: its name, what it does, and the schema of its body.
        pub(crate) const OFFERED: &[(&str, &str, fn(&mut SchemaGenerator) -> Schema)] = &[
            $(($plain_name, $plain_does, SchemaGenerator::subschema_for::<resit_domain::$plain>),)*
            $(($unit_name, $unit_does, SchemaGenerator::subschema_for::<$unit>),)*
            $(($whole_name, $whole_does, SchemaGenerator::subschema_for::<$whole>),)*
        ];

        impl CommandBody {
            /// The command's name, in kebab case: the last part of its path.
            pub fn name(&self) -> &'static str {
                match self {
                    $(CommandBody::$plain(_) => $plain_name,)*
                    $(CommandBody::$unit(_) => $unit_name,)*
                    $(CommandBody::$whole(_) => $whole_name,)*
                }
            }

            /// Reads the body of the command with this name; none if there is no such command.
            pub fn read(name: &str, body: &[u8]) -> Option<Result<Self, FieldError>> {
                Some(match name {
                    $($plain_name => read_json(body).map(CommandBody::$plain),)*
                    $($unit_name => read_json(body).map(CommandBody::$unit),)*
                    $($whole_name => read_json(body).map(CommandBody::$whole),)*
                    _ => return None,
                })
            }

            /// The body as JSON. A code stands in it in the clear.
            pub fn write(&self) -> serde_json::Result<Vec<u8>> {
                match self {
                    $(CommandBody::$plain(body) => serde_json::to_vec(body),)*
                    $(CommandBody::$unit(body) => serde_json::to_vec(body),)*
                    $(CommandBody::$whole(body) => serde_json::to_vec(body),)*
                }
            }

            /// What it names: a voucher, or a whole entitlement; none for what names neither.
            pub fn names(&self) -> Option<&VoucherText> {
                match self {
                    $(CommandBody::$plain(_) => None,)*
                    $(CommandBody::$unit(body) => Some(&body.voucher),)*
                    $(CommandBody::$whole(body) => Some(&body.entitlement),)*
                }
            }

            /// The code by which it names a whole entitlement. The domain knows entitlements by id: where the code leads
            /// must be asked first.
            pub fn names_whole_by(&self) -> Option<Fingerprint> {
                match self {
                    $(CommandBody::$whole(body) => body.entitlement.fingerprint(),)*
                    _ => None,
                }
            }

            /// The command; `resolved` is where [`CommandBody::names_whole_by`] leads. None if that is needed and missing.
            pub fn into_command(self, resolved: Option<EntitlementId>) -> Option<Command> {
                Some(match self {
                    $(CommandBody::$plain(body) => body.into(),)*
                    $(CommandBody::$unit(body) => resit_domain::$unit {
                        voucher: VoucherRef::from(&body.voucher),
                        $($unit_field: body.$unit_field,)*
                    }.into(),)*
                    $(CommandBody::$whole(body) => resit_domain::$whole {
                        entitlement: match body.entitlement {
                            VoucherText::Id(id, _) => id,
                            VoucherText::Code(_) => resolved?,
                        },
                        $($whole_field: body.$whole_field,)*
                    }.into(),)*
                })
            }

            /// The body that asks for a command; `code` finds the code of a fingerprint. None if it finds none, as a
            /// fingerprint is never sent, and for a command that is not offered over a wire.
            pub fn of(command: Command, code: impl FnOnce(Fingerprint) -> Option<Code>) -> Option<Self> {
                let named = |voucher: VoucherRef| Some(match voucher {
                    VoucherRef::Id { entitlement, unit } => VoucherText::Id(entitlement, Some(unit)),
                    VoucherRef::Code(fingerprint) => VoucherText::Code(code(fingerprint)?),
                });
                Some(match command {
                    $(Command::$plain(command) => CommandBody::$plain(command),)*
                    $(Command::$unit(command) => CommandBody::$unit($unit {
                        voucher: named(command.voucher)?,
                        $($unit_field: command.$unit_field,)*
                    }),)*
                    $(Command::$whole(command) => CommandBody::$whole($whole {
                        entitlement: VoucherText::Id(command.entitlement, None),
                        $($whole_field: command.$whole_field,)*
                    }),)*
                    // An operator gives it while no process judges.
                    Command::CorrectTime(_) => return None,
                })
            }
        }
    };
}

pub(crate) use bodies;
